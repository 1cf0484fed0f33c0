local rows = {{.LuaRows}}
local pages = {}

local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }
local function escape(text) return (string.gsub(text, "[&<>\"']", entities)) end

local escapes = { ['"'] = '\\"', ["\\"] = "\\\\" }
local function quote(text)
  return '"' .. string.gsub(text, '[%c"\\]', function(c)
    return escapes[c] or string.format("\\u%04x", string.byte(c))
  end) .. '"'
end

local function send(kind, body)
  ngx.header["Content-Type"] = kind
  ngx.header["Content-Length"] = #body
  ngx.print(body)
end

function pages.hello()
  send("text/plain; charset=utf-8", "Hello from " .. ngx.req.get_method() .. " " .. ngx.var.uri .. "\n")
end

function pages.json()
  local query = ngx.req.get_uri_args()
  local n = tonumber(query.n)
  send("application/json", '{"method":' .. quote(ngx.req.get_method()) .. ',"path":' .. quote(ngx.var.uri)
    .. ',"name":' .. quote(query.name) .. ',"n":' .. n .. ',"square":' .. n * n .. ',"tags":["one","two"],"ok":true}')
end

function pages.table()
  local sorted, lines = {}, {}
  for i, row in ipairs(rows) do sorted[i] = row end
  table.sort(sorted, function(a, b) return a[1] < b[1] end)
  for i, row in ipairs(sorted) do lines[i] = "<tr><td>" .. escape(row[1]) .. "<td>" .. escape(row[2]) .. "\n" end
  send("text/html; charset=utf-8", "<!DOCTYPE html>\n<title>Rows</title>\n<table>\n" .. table.concat(lines) .. "</table>\n")
end

function pages.echo()
  ngx.req.read_body()
  send("application/octet-stream", ngx.req.get_body_data())
end

return pages
