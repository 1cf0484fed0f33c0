//go:build unix

package supervisor

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// program is the file that workers are started from. When another file has taken its place, that
// is tried, and then a worker of the new program serves, and the supervisor becomes the new
// program as well.
type program struct {
	path    string       // absolute; "" if it is not known
	now     fileIdentity // of what runs
	seen    fileIdentity // at the last look, if it was another
	refused fileIdentity // does not work
	probe   int          // process that tries seen; 0 if none does
	until   time.Time    // it may take
	wanted  bool         // seen works, and is to be what runs
}

// fileIdentity tells files apart that have the same name.
type fileIdentity struct {
	dev, inode  uint64
	size, mtime int64
}

// probeTime is how long a new program may take to answer Config.Probe.
const probeTime = 10 * time.Second

// findProgram finds the file of this program. The name by which it was called is better than what
// the system says, where that has followed links: a deployment may consist in changing one.
func findProgram() program {
	own, err := os.Executable()
	if err != nil {
		return program{}
	}
	p := program{path: own}
	if called, err := exec.LookPath(os.Args[0]); err == nil {
		if called, err = filepath.Abs(called); err == nil && sameFile(called, own) {
			p.path = called
		}
	}
	p.now, _ = identify(p.path)
	return p
}

func sameFile(a, b string) bool {
	x, err1 := os.Stat(a)
	y, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(x, y)
}

func identify(path string) (fileIdentity, error) {
	var st syscall.Stat_t
	if err := syscall.Stat(path, &st); err != nil {
		return fileIdentity{}, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return fileIdentity{}, err
	}
	return fileIdentity{uint64(st.Dev), uint64(st.Ino), st.Size, info.ModTime().UnixNano()}, nil
}

// ownProgram is, on Linux, the program that a process runs.
const ownProgram = "/proc/self/exe"

// running names the program that this process runs, also when its file has been replaced.
func (p *program) running() string {
	if runtime.GOOS == "linux" {
		return ownProgram
	}
	return p.path
}

// upgrading reports whether workers are to be of the new program.
func (p *program) upgrading() bool { return p.wanted }

// refuse gives the new program up.
func (p *program) refuse() {
	if p.wanted {
		p.refused, p.wanted = p.seen, false
	}
}

// lookAtProgram looks whether the program has been replaced. A new file counts when it has stayed
// the same for a second.
func (s *supervisor) lookAtProgram() {
	p := &s.program
	if p.probe != 0 && time.Now().After(p.until) {
		_ = syscall.Kill(p.probe, syscall.SIGKILL)
	}
	if p.probe != 0 || p.wanted || s.stopping || s.current == nil || p.now == (fileIdentity{}) {
		return
	}
	id, err := identify(p.path)
	if err != nil || id == p.now || id == p.refused { // it may be on its way
		p.seen = fileIdentity{}
		return
	}
	if id != p.seen {
		p.seen = id
		return
	}
	args := s.cfg.Probe
	if args == nil {
		args = []string{"--version"}
	}
	null := s.null.Fd()
	p.probe, err = syscall.ForkExec(p.path, append(os.Args[:1:1], args...), &syscall.ProcAttr{
		Env: withoutVariables(), Files: []uintptr{null, null, null},
	})
	p.until = time.Now().Add(probeTime)
	if err != nil {
		p.probe, p.refused = 0, id
		s.log.Error("the program was replaced by one that cannot be run: the old one goes on. Put a better one in its place", "program", p.path, "error", err.Error())
	}
}

// endProbe ends the trial of a new program, if there is one.
func (s *supervisor) endProbe() {
	if pid := s.program.probe; pid != 0 {
		s.program.probe = 0
		_ = syscall.Kill(pid, syscall.SIGKILL)
		waitFor(pid)
	}
}

// probed acts on the end of the trial.
func (s *supervisor) probed(status syscall.WaitStatus) {
	p := &s.program
	p.probe = 0
	if !status.Exited() || status.ExitStatus() != 0 {
		p.refused = p.seen
		s.log.Error(fmt.Sprintf("the program was replaced by one that does not work, for it %s: the old one goes on. Put a better one in its place", cause(status)), "program", p.path)
		return
	}
	p.wanted = true
	s.replace("the program was replaced")
}
