(() => {
	const Thrown = Error; // whatever the page makes of that name
	const define = (target, methods) => {
		for (const key of Reflect.ownKeys(methods)) {
			if (!Object.hasOwn(target, key)) {
				Object.defineProperty(target, key, { value: methods[key], writable: true, enumerable: false, configurable: true });
			}
		}
	};
	const callable = (f, what) => {
		if (typeof f !== "function") throw new TypeError(`${what}: ${typeof f} is not a function`);
	};
	const isObject = v => typeof v === "object" && v !== null || typeof v === "function";

	// each calls f with the items and their numbers (ECMA-262, GroupBy).
	const each = (items, callback, f) => {
		if (items === undefined || items === null) throw new TypeError(`${items} is not iterable`);
		callable(callback, "groupBy");
		let i = 0;
		for (const item of items) f(callback(item, i++), item);
	};

	// over has for-of go on with an iterator that may be no iterable, and end it.
	const over = it => {
		const next = it.next;
		const step = { next: () => next.call(it), return: () => it.return === undefined ? {} : it.return() };
		return { [Symbol.iterator]: () => step };
	};
	const iterator = it => {
		if (!isObject(it)) throw new TypeError(`${String(it)} is not an iterator`);
		return over(it);
	};
	const count = (it, n) => {
		const number = Number(n);
		if (Number.isNaN(number) || Math.trunc(number) < 0) {
			throw new RangeError(`${String(n)} must be positive`);
		}
		return Math.trunc(number);
	};
	const flattened = v => {
		if (!isObject(v)) throw new TypeError(`${String(v)} is not an object`);
		const f = v[Symbol.iterator];
		return f === undefined || f === null ? over(v) : over(f.call(v));
	};
	const isAsync = v => Symbol.asyncIterator && v[Symbol.asyncIterator];
	const hex = n => n < 256 ? "\\x" + n.toString(16).padStart(2, "0") : "\\u" + n.toString(16).padStart(4, "0");

	// lone tells where in a string half of a surrogate pair stands alone, or -1.
	const lone = (s, from) => {
		for (let i = from; i < s.length; i++) {
			const unit = s.charCodeAt(i) & 0xfc00;
			if (unit === 0xd800 && (s.charCodeAt(i + 1) & 0xfc00) === 0xdc00) i++;
			else if (unit === 0xd800 || unit === 0xdc00) return i;
		}
		return -1;
	};

	// stack makes DisposableStack, or AsyncDisposableStack: what is put on it is disposed in reverse order.
	const stack = (name, symbol, isAsync) => {
		const all = new WeakMap();
		const open = s => {
			const list = all.get(s);
			if (!list) throw new TypeError(`this is no ${name}`);
			if (list.disposed) throw new ReferenceError(`the ${name} is disposed already`);
			return list;
		};
		const method = v => {
			let f = v[symbol];
			if (isAsync && (f === undefined || f === null)) f = v[Symbol.dispose];
			callable(f, "[Symbol.dispose]");
			return f;
		};
		const joined = (held, e) => held ? { error: new SuppressedError(e, held.error, "An error was suppressed during disposal") } : { error: e };
		const end = list => {
			let held;
			for (const f of list.splice(0).reverse()) try { f() } catch (e) { held = joined(held, e) }
			if (held) throw held.error;
		};
		const endAsync = async list => {
			let held;
			for (const f of list.splice(0).reverse()) try { await f() } catch (e) { held = joined(held, e) }
			if (held) throw held.error;
		};
		const Stack = { [name]: class {
			constructor() { all.set(this, []) }
			get disposed() { return !!(all.get(this) || open(this)).disposed }
			use(v) {
				const list = open(this);
				if (v !== null && v !== undefined) { const f = method(v); list.push(() => f.call(v)) }
				return v;
			}
			adopt(v, f) { const list = open(this); callable(f, "adopt"); list.push(() => f(v)); return v }
			defer(f) { const list = open(this); callable(f, "defer"); list.push(() => f()) }
			move() {
				const list = open(this), to = new Stack();
				all.get(to).push(...list.splice(0));
				list.disposed = true;
				return to;
			}
		} }[name];
		const dispose = { [isAsync ? "disposeAsync" : "dispose"]() {
			const list = all.get(this) || open(this);
			if (list.disposed) return isAsync ? Promise.resolve() : undefined;
			list.disposed = true;
			return isAsync ? endAsync(list) : end(list);
		} };
		define(Stack.prototype, dispose);
		define(Stack.prototype, { [symbol]: Object.values(dispose)[0] });
		Object.defineProperty(Stack.prototype, Symbol.toStringTag, { value: name, configurable: true });
		return Stack;
	};

	return {
		dispose() {
			for (const name of ["dispose", "asyncDispose"]) {
				if (!Symbol[name]) Object.defineProperty(Symbol, name, { value: Symbol(`Symbol.${name}`) });
			}
			define(globalThis, {
				SuppressedError: class SuppressedError extends Thrown {
					constructor(error, suppressed, message) {
						super(message);
						Object.defineProperty(this, "error", { value: error, writable: true, configurable: true });
						Object.defineProperty(this, "suppressed", { value: suppressed, writable: true, configurable: true });
					}
				},
			});
			Object.defineProperty(SuppressedError.prototype, "name", { value: "SuppressedError", writable: true, configurable: true });
			define(globalThis, {
				DisposableStack: stack("DisposableStack", Symbol.dispose, false),
				AsyncDisposableStack: stack("AsyncDisposableStack", Symbol.asyncDispose, true),
			});
		},
		groupBy() {
			define(Object, {
				groupBy(items, callback) {
					const groups = Object.create(null);
					each(items, callback, (key, item) => {
						key = typeof key === "symbol" ? key : `${key}`;
						if (key in groups) groups[key].push(item);
						else groups[key] = [item];
					});
					return groups;
				},
			});
			define(Map, {
				groupBy(items, callback) {
					const groups = new Map();
					each(items, callback, (key, item) => {
						const group = groups.get(key);
						if (group) group.push(item);
						else groups.set(key, [item]);
					});
					return groups;
				},
			});
		},

		promises() {
			define(Promise, {
				withResolvers() {
					let resolve, reject;
					const promise = new this((yes, no) => { resolve = yes; reject = no; });
					return { promise, resolve, reject };
				},
				try(callback, ...args) {
					return new this(resolve => resolve(callback(...args)));
				},
			});
		},

		fromAsync() {
			define(Array, {
				async fromAsync(items, map, self) {
					if (map !== undefined) callable(map, "Array.fromAsync");
					const list = typeof this === "function" && this !== Array ? new this() : [];
					const put = async (item, i) => {
						const value = map === undefined ? item : await map.call(self, item, i);
						Object.defineProperty(list, i, { value, writable: true, enumerable: true, configurable: true });
					};
					let i = 0;
					const from = isAsync(items);
					if (from) {
						const it = from.call(items), next = it.next;
						for (let r; !(r = await next.call(it)).done; i++) {
							try {
								await put(r.value, i);
							} catch (e) {
								await it.return?.();
								throw e;
							}
						}
					} else if (items[Symbol.iterator]) {
						for (const item of items) await put(await item, i++);
					} else {
						for (const n = Math.min(Math.max(Math.trunc(items.length) || 0, 0), 2 ** 53 - 1); i < n; i++) await put(await items[i], i);
					}
					list.length = i;
					return list;
				},
			});
		},

		escape() {
			define(RegExp, {
				escape(text) {
					if (typeof text !== "string") throw new TypeError("RegExp.escape: the argument is not a string");
					let escaped = "";
					for (const c of text) {
						const code = c.charCodeAt(0);
						if (escaped === "" && /[0-9A-Za-z]/.test(c)) escaped += hex(code);
						else if ("^$\\.*+?()[]{}|/".includes(c)) escaped += "\\" + c;
						else if ("\t\n\v\f\r".includes(c)) escaped += "\\" + "tnvfr"["\t\n\v\f\r".indexOf(c)];
						else if (",-=<>#&!%:;@~'`\"".includes(c) || /\s/.test(c) || c.length === 1 && (code & 0xf800) === 0xd800) escaped += hex(code);
						else escaped += c;
					}
					return escaped;
				},
			});
		},

		wellFormed() {
			define(String.prototype, {
				isWellFormed() {
					return lone(String(this), 0) < 0;
				},
				toWellFormed() {
					const text = String(this), parts = [];
					let from = 0;
					for (let at; (at = lone(text, from)) >= 0; from = at + 1) parts.push(text.slice(from, at), "\ufffd");
					return parts.join("") + text.slice(from);
				},
			});
		},

		stackTrace() {
			define(Error, {
				captureStackTrace(target, above) {
					if (!isObject(target)) throw new TypeError("Error.captureStackTrace: the first argument is not an object");
					let calls = new Thrown().stack.split("\n").slice(1).filter(line => !line.includes("wizgy:polyfill"));
					if (typeof above === "function") {
						const at = calls.findIndex(line => line.trimStart().startsWith(`at ${above.name} (`));
						if (above.name && at >= 0) calls = calls.slice(at + 1);
					}
					const { name = "Error", message = "" } = target;
					const value = [message === "" ? String(name) : `${name}: ${message}`, ...calls].join("\n");
					Object.defineProperty(target, "stack", { value, writable: true, enumerable: false, configurable: true });
				},
			});
		},

		// Nothing has to be collected (ECMA-262, 9.9): what is kept here lives as long as its reference.
		weak() {
			const held = v => {
				if (!isObject(v) && typeof v !== "symbol") throw new TypeError(`${String(v)} cannot be held weakly`);
			};
			define(globalThis, {
				WeakRef: class WeakRef {
					#target;
					constructor(target) {
						held(target);
						this.#target = target;
					}
					deref() { return this.#target }
					get [Symbol.toStringTag]() { return "WeakRef" }
				},
				FinalizationRegistry: class FinalizationRegistry {
					#tokens = new WeakSet();
					constructor(cleanup) { callable(cleanup, "FinalizationRegistry") }
					register(target, value, token) {
						held(target);
						if (isObject(token)) this.#tokens.add(token);
					}
					unregister(token) { return this.#tokens.delete(token) }
					get [Symbol.toStringTag]() { return "FinalizationRegistry" }
				},
			});
		},

		iterators() {
			const prototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));
			define(prototype, {
				map(f) {
					const items = iterator(this);
					callable(f, "map");
					return (function* () { let i = 0; for (const v of items) yield f(v, i++); })();
				},
				filter(f) {
					const items = iterator(this);
					callable(f, "filter");
					return (function* () { let i = 0; for (const v of items) if (f(v, i++)) yield v; })();
				},
				take(n) {
					const items = iterator(this), limit = count(this, n);
					return (function* () {
						let left = limit;
						if (left === 0) return void items[Symbol.iterator]().return();
						for (const v of items) {
							yield v;
							if (--left === 0) return;
						}
					})();
				},
				drop(n) {
					const items = iterator(this), limit = count(this, n);
					return (function* () { let left = limit; for (const v of items) if (left > 0) left--; else yield v; })();
				},
				flatMap(f) {
					const items = iterator(this);
					callable(f, "flatMap");
					return (function* () { let i = 0; for (const v of items) yield* flattened(f(v, i++)); })();
				},
				reduce(f, ...first) {
					const items = iterator(this);
					callable(f, "reduce");
					let i = 0, has = first.length > 0, result = first[0];
					for (const v of items) {
						if (has) result = f(result, v, i);
						else [has, result] = [true, v];
						i++;
					}
					if (!has) throw new TypeError("Reduce of empty iterator with no initial value");
					return result;
				},
				toArray() { return [...iterator(this)] },
				forEach(f) {
					callable(f, "forEach");
					let i = 0;
					for (const v of iterator(this)) f(v, i++);
				},
				some(f) {
					callable(f, "some");
					let i = 0;
					for (const v of iterator(this)) if (f(v, i++)) return true;
					return false;
				},
				every(f) {
					callable(f, "every");
					let i = 0;
					for (const v of iterator(this)) if (!f(v, i++)) return false;
					return true;
				},
				find(f) {
					callable(f, "find");
					let i = 0;
					for (const v of iterator(this)) if (f(v, i++)) return v;
				},
				[Symbol.toStringTag]: "Iterator",
			});
			const own = function Iterator() {
				if (new.target === undefined || new.target === own) throw new TypeError("Iterator is an abstract class");
			};
			own.prototype = prototype;
			define(prototype, { constructor: own });
			define(own, {
				from(v) {
					if (!isObject(v) && typeof v !== "string") throw new TypeError(`${String(v)} is not an object`);
					const f = v[Symbol.iterator];
					const it = f === undefined || f === null ? v : f.call(v);
					return prototype.isPrototypeOf(it) ? it : (function* () { yield* over(it); })();
				},
			});
			define(globalThis, { Iterator: own });
		},
	};
})()
