package pdffile

import (
	"bytes"
	"strconv"
)

// readTables reads the tables of objects from the newest back to the first; false: they cannot be relied on.
func (f *File) readTables() bool {
	tail := f.b[max(0, len(f.b)-2048):]
	i := bytes.LastIndex(tail, []byte("startxref"))
	if i < 0 {
		return false
	}
	at, ok := (&lexer{b: tail, at: i + len("startxref")}).object(0).(int64)
	seen := map[int64]bool{}
	for ok {
		if at < 0 || at >= int64(len(f.b)) || seen[at] || len(seen) > 1000 {
			return f.trailer != nil && seen[at]
		}
		seen[at] = true
		d := f.readTable(int(at))
		if d == nil || f.err != nil {
			return false
		}
		if f.trailer == nil {
			f.trailer = d
		}
		if hybrid, is := d.in["XRefStm"].(int64); is && hybrid > 0 && hybrid < int64(len(f.b)) && !seen[hybrid] {
			seen[hybrid] = true
			f.readTable(int(hybrid))
		}
		at, ok = d.in["Prev"].(int64)
	}
	return f.trailer != nil
}

// readTable reads one table, of either kind, and answers its trailer.
func (f *File) readTable(at int) *dict {
	l := &lexer{b: f.b, at: at}
	defer func() { f.spend(l.at - at) }()
	first := l.object(0)
	if _, is := first.(int64); is {
		return f.readTableStream(at)
	}
	if first != word("xref") {
		return nil
	}
	for {
		one := l.object(0)
		if one == word("trailer") {
			d, _ := l.object(0).(*dict)
			return d
		}
		from, ok1 := one.(int64)
		count, ok2 := l.object(0).(int64)
		if !ok1 || !ok2 {
			return nil
		}
		for i := range count {
			offset, ok := l.object(0).(int64)
			_, ok3 := l.object(0).(int64)
			kind, _ := l.object(0).(word)
			if !ok || !ok3 {
				return nil
			}
			if kind == "n" && !f.place(from+i, place{at: int(offset)}) {
				return nil
			}
		}
	}
}

// place keeps where an object is; the newest table is read first.
func (f *File) place(id int64, p place) bool {
	if id < 0 || id > 1<<31 || len(f.places) >= maxObjects {
		return false
	}
	if _, known := f.places[int(id)]; !known {
		f.places[int(id)] = p
	}
	return true
}

func (f *File) readTableStream(at int) *dict {
	l := &lexer{b: f.b, at: at}
	id, _ := l.object(0).(int64)
	s, ok := f.parseAt(int(id), at).(*stream)
	if !ok || s.head.in["Type"] != name("XRef") {
		return nil
	}
	head := Value{f, s}
	var width [3]int
	for i := range width {
		if width[i] = int(head.Key("W").Index(i).Int64()); width[i] < 0 || width[i] > 8 {
			return nil
		}
	}
	size := width[0] + width[1] + width[2]
	index := head.Key("Index")
	sections := [][2]int64{{0, head.Key("Size").Int64()}}
	if index.Len() >= 2 {
		sections = nil
		for i := 0; i+1 < index.Len(); i += 2 {
			sections = append(sections, [2]int64{index.Index(i).Int64(), index.Index(i + 1).Int64()})
		}
	}
	rows := f.unpack(s)
	if size == 0 {
		return nil
	}
	for _, section := range sections {
		for i := int64(0); i < section[1] && len(rows) >= size; i++ {
			kind, second, third := 1, number(rows[width[0]:width[0]+width[1]]), number(rows[width[0]+width[1]:size])
			if width[0] > 0 {
				kind = number(rows[:width[0]])
			}
			rows = rows[size:]
			p := place{at: second}
			switch kind {
			case 1:
			case 2:
				p.packed, p.index = true, third
			default:
				continue
			}
			if !f.place(section[0]+i, p) {
				return nil
			}
		}
	}
	return s.head
}

func number(b []byte) int {
	n := 0
	for _, c := range b {
		n = n<<8 | int(c)
	}
	return n
}

// rebuild finds the objects by their looks, the last of each number.
func (f *File) rebuild() {
	var packs []int
	for at := 0; ; {
		n := bytes.Index(f.b[at:], []byte("obj"))
		if n < 0 {
			break
		}
		place := at + n
		at = place + 3
		id, start, ok := f.before(place)
		if !ok {
			continue
		}
		if len(f.places) >= maxObjects {
			f.err = ErrTooLarge
			return
		}
		f.places[id] = placeAt(start)
		head := f.b[place:min(len(f.b), place+400)]
		if bytes.Contains(head, []byte("/ObjStm")) {
			packs = append(packs, id)
		}
	}
	f.findTrailer()
	if f.trailer != nil && f.trailer.in["Encrypt"] != nil {
		// Streams of objects are to be unlocked first.
		if c, err := f.unlock(f.value(f.trailer.in["Encrypt"])); err == nil {
			f.objects, f.packs, f.crypt = map[int]any{}, map[int]*pack{}, c
		}
	}
	for _, id := range packs {
		held := f.openPack(id)
		f.packs[id] = held
		for one := range held.at {
			if _, known := f.places[one]; !known && len(f.places) < maxObjects {
				f.places[one] = place{packed: true, at: id}
			}
		}
	}
	if f.trailer == nil {
		f.findRoot()
	}
}

func placeAt(at int) place { return place{at: at} }

// before reads "12 0 " back from the word obj.
func (f *File) before(at int) (id, start int, ok bool) {
	var numbers [2]int
	i := at
	for n := range numbers {
		blanks := i
		for i > 0 && isSpace(f.b[i-1]) {
			i--
		}
		last := i
		for i > 0 && last-i < 10 && f.b[i-1] >= '0' && f.b[i-1] <= '9' {
			i--
		}
		if i == last || n > 0 && blanks == last {
			return 0, 0, false
		}
		value, err := strconv.Atoi(string(f.b[i:last]))
		if err != nil {
			return 0, 0, false
		}
		numbers[n] = value
	}
	return numbers[1], i, true
}

// findTrailer finds the last trailer that names a root.
func (f *File) findTrailer() {
	for to, tries := len(f.b), 0; to > 0 && tries < 32; tries++ {
		i := bytes.LastIndex(f.b[:to], []byte("trailer"))
		if i < 0 {
			break
		}
		l := &lexer{b: f.b[:min(len(f.b), i+1<<16)], at: i + len("trailer")}
		if d, ok := l.object(0).(*dict); ok && d.in["Root"] != nil {
			f.trailer = d
			return
		}
		to = i
	}
	for id, p := range f.places {
		head := f.b[p.at:min(len(f.b), p.at+600)]
		if bytes.Contains(head, []byte("/XRef")) && bytes.Contains(head, []byte("/Root")) {
			if s, ok := f.load(id).(*stream); ok && s.head.in["Root"] != nil {
				f.trailer = s.head
				return
			}
		}
	}
}

// findRoot takes any catalogue for the root.
func (f *File) findRoot() {
	for id := range f.places {
		if f.err != nil {
			return
		}
		if d, ok := f.load(id).(*dict); ok && d.in["Type"] == name("Catalog") {
			f.trailer = &dict{in: map[string]any{"Root": ref{id: id}}}
			return
		}
	}
}
