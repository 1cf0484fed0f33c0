package module

import (
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dop251/goja"
)

// Bounds of a table; a cell is cut at maxName.
const (
	maxRows    = 100
	maxColumns = 20
)

// table prints an array or object of objects with a line each, and a column for each of their
// properties, or for those only that are named (Console Standard, 1.1.8 "table"). Anything else is printed as by log.
func (c *console) table(args []goja.Value) {
	in := newInspector(readerOf(c.host))
	text := ""
	if len(args) > 0 && isObject(args[0]) && !isProxy(args[0]) {
		text = in.tableText(args[0].(*goja.Object), in.columns(args[1:]))
	}
	if text == "" {
		text = format(in, args)
	}
	c.print(slog.LevelInfo, text)
}

// columns returns the names of columns that are asked for, or nil.
func (in *inspector) columns(args []goja.Value) (names []string) {
	if len(args) == 0 || !isObject(args[0]) || isProxy(args[0]) || args[0].(*goja.Object).ClassName() != "Array" {
		return nil
	}
	list := args[0].(*goja.Object)
	names = []string{}
	for _, key := range in.enumerable(list) {
		name, _ := in.rd.own(list, in.rd.rt.ToValue(key))
		if name.value != nil && goja.IsString(name.value) && len(names) < maxColumns {
			names = append(names, cut(name.value.String(), maxName))
		}
	}
	return names
}

// tableText returns the table of o, of all columns if wanted is nil, or "" if it has no rows or cannot be read.
func (in *inspector) tableText(o *goja.Object, wanted []string) (text string) {
	defer func() {
		if recover() != nil {
			text = ""
		}
	}()
	if typ := o.ExportType(); typ == mapType || typ == setType && o.ClassName() != "Array" {
		return in.collectionText(o, typ == mapType)
	}
	rd := in.reader()
	rows := in.enumerable(o)
	if len(rows) == 0 {
		return ""
	}
	columns, cells := append([]string{"(index)"}, wanted...), make([]map[string]string, len(rows))
	values := false
	for i, row := range rows {
		cells[i] = map[string]string{"(index)": row}
		p, _ := rd.own(o, rd.rt.ToValue(row))
		item, ok := p.value.(*goja.Object)
		if !ok || isProxy(item) || isFunction(item) {
			cells[i][""] = in.cell(o, row)
			values = wanted == nil
			continue
		}
		for _, key := range in.enumerable(item) {
			if !slices.Contains(columns, key) {
				if wanted != nil {
					continue
				}
				if len(columns) == maxColumns {
					break
				}
				columns = append(columns, key)
			}
			cells[i][key] = in.cell(item, key)
		}
	}
	grid := [][]string{columns}
	if values {
		grid[0] = append(slices.Clone(columns), "Values")
	}
	for _, row := range cells {
		var line []string
		for _, column := range columns {
			line = append(line, row[column])
		}
		if values {
			line = append(line, row[""])
		}
		grid = append(grid, line)
	}
	return drawTable(grid)
}

// collectionText returns the table of a Map or a Set, which have no properties to name columns by.
func (in *inspector) collectionText(o *goja.Object, isMap bool) string {
	head := []string{"(iteration index)", "Values"}
	items := [][]goja.Value{}
	if isMap {
		head = []string{"(iteration index)", "Key", "Values"}
		items = in.reader().entries(o, maxRows)
	} else {
		for _, v := range in.reader().values(o, maxRows) {
			items = append(items, []goja.Value{v})
		}
	}
	grid := [][]string{head}
	for i, item := range items {
		line := []string{strconv.Itoa(i)}
		for _, v := range item {
			line = append(line, in.cellOf(func() string { return in.value(v, 0) }))
		}
		grid = append(grid, line)
	}
	return drawTable(grid)
}

// enumerable returns the names of o's first enumerable properties.
func (in *inspector) enumerable(o *goja.Object) []string {
	rd := in.reader()
	if o.ClassName() == "Error" && !rd.stackIsSafe(o) {
		return nil
	}
	length := int64(0)
	switch {
	case o.ClassName() == "Array":
		p, _ := rd.own(o, rd.rt.ToValue("length"))
		length = p.value.ToInteger()
	case rd.typedArrayKind(o) != "":
		length = rd.call("length", o).ToInteger()
	}
	keys := in.arrayKeys(o, length)
	return keys[:min(len(keys), maxRows)]
}

// cell describes a property in a few words.
func (in *inspector) cell(o *goja.Object, key string) string {
	return in.cellOf(func() string { return in.propertyValue(o, in.reader().rt.ToValue(key), -1) })
}

// cellOf is what is written, in one line.
func (in *inspector) cellOf(write func() string) string {
	in.depth, in.path, in.circular = 0, nil, nil
	return cut(strings.ReplaceAll(write(), "\n", " "), maxName)
}

// drawTable draws lines around cells, of which the first row is the head.
func drawTable(grid [][]string) string {
	widths := make([]int, len(grid[0]))
	for _, row := range grid {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell)+2)
		}
	}
	var b strings.Builder
	rule := func(left, middle, right string) {
		b.WriteString(left)
		for i, w := range widths {
			if i > 0 {
				b.WriteString(middle)
			}
			b.WriteString(strings.Repeat("─", w))
		}
		b.WriteString(right)
	}
	rule("┌", "┬", "┐\n")
	for i, row := range grid {
		if i == 1 {
			rule("├", "┼", "┤\n")
		}
		for j, cell := range row {
			b.WriteString("│ " + cell + strings.Repeat(" ", widths[j]-1-utf8.RuneCountInString(cell)))
		}
		b.WriteString("│\n")
	}
	rule("└", "┴", "┘")
	return b.String()
}
