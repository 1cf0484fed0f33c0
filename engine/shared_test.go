package engine

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// keepsAll is a page that holds on to all that a request has, uses it in later requests, and changes
// what a program may share between runtimes.
const keepsAll = `
	const kept = [];
	const tag = (strings, ...values) => {
		for (const list of [strings, strings.raw]) {
			try { Object.freeze(list) } catch { }
			try { Object.defineProperty(list, 0, { value: "changed", writable: false }) } catch { }
			try { list[0] = "changed"; list.length = 0 } catch { }
		}
		return strings.join("|") + values.join();
	};
	class Thing { static count = 0; #n = 1; grow() { return ++Thing.count + this.#n } }
	Object.defineProperty(Object.prototype, "self", { configurable: true, get() { kept.push(this); return this } });

	export function application(environ, start_response) {
		const out = [];
		const tried = f => { try { out.push(String(f()).slice(0, 20)) } catch (e) { out.push(e.name) } };
		for (const k of kept.splice(0, 20)) {
			tried(() => k.HTTP_X_NUMBER); tried(() => k.PATH_INFO); tried(() => Object.keys(k).length);
			tried(() => k["wsgi.input"].read(1)); tried(() => k["wsgi.errors"].write("late\n"));
			tried(() => k.read?.(1)); tried(() => k.readline?.()); tried(() => [...k].length); tried(() => k("200 OK", []));
			tried(() => k.write?.("late\n"));
		}
		environ.self;
		kept.push(environ, environ["wsgi.input"], environ["wsgi.errors"], start_response);
		const name = environ.HTTP_X_NUMBER;
		const regexps = [/a(?=b)/g, /x|y/, /\p{L}/u, /(?<q>q)/y];
		for (const r of regexps) { r.lastIndex = 1; r.test("abxyq"); r.exec("äöq"); r.own = name; "abxyq".replace(r, "$&"); }
		let big = 123456789012345678901234567890n; big += 1n; big++; big = -big;
		const text = tag` + "`a${name}b\\n`" + ` + String.raw` + "`\\n${name}`" + `;
		const list = [1, "zwei", { drei: 3 }, [4]]; list.sort(); Object.freeze(list);
		new Thing().grow();
		kept.push(start_response("200 OK", [["X-Number", name], ["Content-Type", "text/plain"]]));
		try { null.x } catch (e) { kept.push(e); e.stack }
		return [name, " ", text];
	}`

// TestRuntimesShareNothingThatIsWritten has the race detector look at what runtimes of one page, and
// requests of one runtime, have in common.
func TestRuntimesShareNothingThatIsWritten(t *testing.T) {
	t.Parallel()
	s := serve(t, Config{MaxRuntimes: 4}, map[string]string{"page.js": keepsAll}, recycling)
	var clients sync.WaitGroup
	for client := range 8 {
		clients.Go(func() {
			for i := range 20 {
				number := fmt.Sprint(client*1000 + i)
				r, err := http.NewRequest("POST", s.srv.URL+"/page", strings.NewReader(strings.Repeat(number, 1000)))
				if err != nil {
					t.Error(err)
					return
				}
				r.Header.Set("X-Number", number)
				resp, err := http.DefaultClient.Do(r)
				if err != nil {
					t.Error(err)
					return
				}
				body, _ := io.ReadAll(resp.Body)
				resp.Body.Close()
				want := number + " a|b\n" + number + "\\n" + number
				if resp.StatusCode != 200 || string(body) != want || resp.Header.Get("X-Number") != number {
					t.Errorf("got %d %q, %s; want %q", resp.StatusCode, body, resp.Header.Get("X-Number"), want)
				}
			}
		})
	}
	clients.Wait()
	if n := s.Panics(); n > 0 {
		t.Errorf("there were %d panics: %s", n, s.log)
	}
}

// recycling uses a request and its writer for others when it is over, as a server may.
func recycling(next http.Handler) http.Handler {
	var pool = sync.Pool{New: func() any { return new(recycled) }}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		of := pool.Get().(*recycled)
		of.ResponseWriter, of.r = w, *r
		next.ServeHTTP(of, &of.r)
		of.ResponseWriter, of.r = nil, http.Request{}
		pool.Put(of)
	})
}

type recycled struct {
	http.ResponseWriter
	r http.Request
}

func (r *recycled) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// TestWhatAPrototypeKeepsIsOfItsRequest has pages whose text does not show that environ is kept: a getter or
// setter above all objects has it.
func TestWhatAPrototypeKeepsIsOfItsRequest(t *testing.T) {
	for name, above := range map[string]string{
		"getter":         `Object.defineProperty(Object.prototype, "self", { get() { kept ??= this } })`,
		"setter":         `Object.defineProperty(Object.prototype, "self", { get() { }, set() { kept ??= this } })`,
		"of a name":      `Object.defineProperty(Object.prototype, "toString", { get() { kept ??= this } })`,
		"by properties":  `Object.defineProperties(Object.prototype, { self: { get() { kept ??= this } } })`,
		"by Reflect":     `Reflect.defineProperty(Object.prototype, "self", { get() { kept ??= this } })`,
		"by a proxy":     `Object.defineProperty(new Proxy(new Proxy(Object.prototype, {}), {}), "self", { get() { kept ??= this } })`,
		"at the request": `late = () => Object.defineProperty(Object.prototype, "self", { get() { kept ??= this } })`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, Config{MaxRuntimes: 1}, map[string]string{"page.js": `
				let kept, late; ` + above + `;
				const read = name => kept ? kept[name] : "nothing";
				export function application(environ, start_response) {
					if (late && environ.QUERY_STRING === "2") late();
					environ.self; environ.toString;
					try { environ.self = 1 } catch { }
					start_response("200 OK", [["Content-Type", "text/plain"]]);
					return read("QUERY_STRING") + environ.QUERY_STRING;
				}`})
			s.get("/page?1")
			s.get("/page?2")
			s.get("/page?3")
			if _, body, err := s.get("/page?4"); err != nil || body != "undefined4" {
				t.Errorf("got %q, %v: what was kept is of another request\n%s", body, err, s.log)
			}
		})
	}
}
