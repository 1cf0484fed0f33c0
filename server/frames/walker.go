package frames

// Types of frames that differ from the rest here, and their flags: RFC 9113, 6.
const (
	typeData           = 0
	typeHeaders        = 1
	typePriority       = 2
	typeReset          = 3
	typePing           = 6
	typeWindowUpdate   = 8
	typeContinuation   = 9
	typePriorityUpdate = 16 // RFC 9218, 7.1

	flagEndStream  = 1
	flagEndHeaders = 4
	flagPadded     = 8

	headerSize = 9
)

// header is the header of a frame, as far as it counts here.
type header struct {
	length int
	kind   uint8
	flags  uint8
}

func (h header) has(flag uint8) bool { return h.flags&flag != 0 }

// walker finds the headers of frames in one direction, in pieces of any size.
type walker struct {
	skip  int // octets before the first frame
	bytes [headerSize]byte
	have  int    // octets of a header
	frame header // the last that began
	left  int    // octets of it to come
}

// walk looks at the next octets and calls begin for each frame that begins.
func (w *walker) walk(p []byte, begin func(header)) {
	for len(p) > 0 {
		switch {
		case w.skip > 0:
			p = p[take(&w.skip, p):]
		case w.left > 0:
			p = p[take(&w.left, p):]
		default:
			n := copy(w.bytes[w.have:], p)
			p = p[n:]
			if w.have += n; w.have < headerSize {
				return
			}
			w.have = 0
			b := &w.bytes
			w.frame = header{length: int(b[0])<<16 | int(b[1])<<8 | int(b[2]), kind: b[3], flags: b[4]}
			w.left = w.frame.length
			begin(w.frame)
		}
	}
}

// take takes as much of n as there is in p.
func take(n *int, p []byte) int {
	m := min(*n, len(p))
	*n -= m
	return m
}
