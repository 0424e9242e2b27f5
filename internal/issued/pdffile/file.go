package pdffile

import (
	"bytes"
	"context"
)

// File is an open file. It is not for use by several at once.
type File struct {
	ctx       context.Context //nolint:containedctx // it bounds the life of the file, which is one call
	b         []byte
	places    map[int]place
	objects   map[int]any
	loading   map[int]bool
	packs     map[int]*pack
	trailer   *dict
	crypt     *crypt
	pages     []Page
	unpacked  int
	operators int
	spent     int
	err       error
}

// place is where an object is: in the file, or in a stream of objects.
type place struct {
	packed bool
	at     int // the offset, or the number of the stream
	index  int
}

type stream struct {
	head     *dict
	raw      []byte
	id       ref
	unpacked []byte
	done     bool
}

// pack is a stream of objects, unpacked.
type pack struct {
	b  []byte
	at map[int]int
}

// Page is a page with the resources that it inherits.
type Page struct {
	V, Resources Value
}

// Open opens a file; reading ends when the context does.
func Open(ctx context.Context, content []byte) (*File, error) {
	head := bytes.Index(content[:min(len(content), 1024)], []byte("%PDF-"))
	if head < 0 {
		return nil, ErrDamaged
	}
	f := &File{ctx: ctx, b: content[head:]}
	f.reset()
	if !f.readTables() || f.listPages() == 0 {
		if f.err == nil {
			f.reset()
			f.rebuild()
			f.listPages()
		}
	}
	if f.err != nil {
		return nil, f.err
	}
	if len(f.pages) == 0 {
		return nil, ErrDamaged
	}
	return f, nil
}

func (f *File) reset() {
	f.places, f.objects, f.loading, f.packs = map[int]place{}, map[int]any{}, map[int]bool{}, map[int]*pack{}
	f.trailer, f.crypt, f.pages = nil, nil, nil
}

// Pages are the pages in their order.
func (f *File) Pages() []Page { return f.pages }

// Err is what ended reading early: a bound, or the context.
func (f *File) Err() error { return f.err }

// Stop ends reading: whoever reads has had too much.
func (f *File) Stop() { f.err = ErrTooLarge }

// spend counts bytes that were looked at: objects that overlap would have the file read as often as it has objects.
func (f *File) spend(n int) {
	if f.spent += n + 16; f.spent > 8*len(f.b)+maxUnpacked && f.err == nil {
		f.err = ErrTooLarge
	}
}

// value follows references.
func (f *File) value(x any) Value {
	for range 16 {
		r, is := x.(ref)
		if !is {
			return Value{f, x}
		}
		x = f.load(r.id)
	}
	return Value{f: f}
}

// load reads an object once. One that needs itself is nothing.
func (f *File) load(id int) any {
	if known, ok := f.objects[id]; ok {
		return known
	}
	p, ok := f.places[id]
	if !ok || f.loading[id] || len(f.loading) > maxNested || f.err != nil {
		return nil
	}
	f.loading[id] = true
	defer delete(f.loading, id)
	var x any
	if p.packed {
		x = f.fromPack(id, p)
	} else {
		x = f.parseAt(id, p.at)
	}
	f.objects[id] = x
	return x
}

// parseAt reads "id generation obj …".
func (f *File) parseAt(id, at int) any {
	if at < 0 || at >= len(f.b) {
		return nil
	}
	l := &lexer{b: f.b, at: at}
	defer func() { f.spend(l.at - at) }()
	found, ok := l.object(0).(int64)
	generation, _ := l.object(0).(int64)
	if w, _ := l.object(0).(word); !ok || w != "obj" || int(found) != id {
		return nil
	}
	own := ref{id, int(generation)}
	x := l.object(0)
	d, isDict := x.(*dict)
	if isDict {
		after := l.at
		if w, _ := l.object(0).(word); w == "stream" {
			return f.streamAt(d, own, l.at)
		}
		l.at = after
	}
	if _, is := x.(word); is {
		return nil
	}
	// "5 0 R" as a whole object.
	if n, is := x.(int64); is {
		g, ok := l.object(0).(int64)
		if w, _ := l.object(0).(word); ok && w == "R" {
			return ref{int(n), int(g)}
		}
	}
	return f.crypt.strings(x, own)
}

func (f *File) streamAt(d *dict, own ref, at int) any {
	if at < len(f.b) && f.b[at] == '\r' {
		at++
	}
	if at < len(f.b) && f.b[at] == '\n' {
		at++
	}
	rest := f.b[at:]
	length := int(f.value(d.in["Length"]).Int64())
	if length < 0 || length > len(rest) || !endsAt(rest, length) {
		// The length lies: it ends where it says so.
		if length = bytes.Index(rest, []byte("endstream")); length < 0 {
			length = len(rest)
		}
		f.spend(length)
	}
	f.crypt.strings(d, own)
	return &stream{head: d, raw: rest[:length], id: own}
}

// endsAt reports whether a stream ends at a place.
func endsAt(b []byte, at int) bool {
	after := bytes.TrimLeft(b[at:min(len(b), at+32)], "\r\n \t")
	return bytes.HasPrefix(after, []byte("endstream"))
}

func (f *File) fromPack(id int, p place) any {
	held, ok := f.packs[p.at]
	if !ok {
		held = f.openPack(p.at)
		f.packs[p.at] = held
	}
	at, ok := held.at[id]
	if !ok || at > len(held.b) {
		return nil
	}
	l := &lexer{b: held.b, at: at}
	x := l.object(0)
	f.spend(l.at - at)
	if _, is := x.(word); is {
		return nil
	}
	return x
}

func (f *File) openPack(id int) *pack {
	held := &pack{at: map[int]int{}}
	s, ok := f.load(id).(*stream)
	if !ok {
		return held
	}
	held.b = f.unpack(s)
	head := Value{f, s}
	l := &lexer{b: held.b}
	first := head.Key("First").Int64()
	for n := head.Key("N").Int64(); n > 0 && len(held.at) < maxObjects; n-- {
		one, ok1 := l.object(0).(int64)
		at, ok2 := l.object(0).(int64)
		if !ok1 || !ok2 || first+at < 0 || first+at > int64(len(held.b)) {
			break
		}
		held.at[int(one)] = int(first + at)
	}
	return held
}

// listPages walks the tree of pages and answers how many there are.
func (f *File) listPages() int {
	if f.trailer == nil {
		return 0
	}
	if e := f.value(f.trailer.in["Encrypt"]); !e.IsNull() && f.crypt == nil {
		c, err := f.unlock(e)
		if err != nil {
			f.err = err
			return 0
		}
		f.objects, f.packs, f.crypt = map[int]any{}, map[int]*pack{}, c
	}
	f.pages = nil
	seen := map[any]bool{}
	f.walk(f.value(f.trailer.in["Root"]).Key("Pages"), Value{}, seen, 0)
	return len(f.pages)
}

func (f *File) walk(node, resources Value, seen map[any]bool, depth int) {
	if node.Kind() != Dict || seen[node.Same()] || depth > maxNested || f.err != nil {
		return
	}
	seen[node.Same()] = true
	if own := node.Key("Resources"); !own.IsNull() {
		resources = own
	}
	kids := node.Key("Kids")
	if kids.Kind() != Array {
		if node.Key("Type").Name() == "Pages" {
			return
		}
		if len(f.pages) >= maxPages {
			f.err = ErrTooLarge
			return
		}
		f.pages = append(f.pages, Page{node, resources})
		return
	}
	for i := range kids.Len() {
		f.walk(kids.Index(i), resources, seen, depth+1)
	}
}
