package pdffile

import (
	"bytes"
	"compress/flate"
	"encoding/ascii85"
	"io"
)

// unpack unpacks a stream once, within the bounds of the file.
func (f *File) unpack(s *stream) []byte {
	if s.done {
		return s.unpacked
	}
	s.done = true
	f.spend(len(s.raw))
	if f.err != nil {
		return nil
	}
	data := s.raw
	if f.crypt != nil && s.head.in["Type"] != name("XRef") {
		data = f.crypt.stream(data, s.id)
	}
	head := Value{f, s}
	filters, settings := head.Key("Filter"), head.Key("DecodeParms")
	if filters.Kind() == NameKind {
		data = f.filter(filters.Name(), data, settings)
	} else {
		for i := range min(filters.Len(), 8) {
			data = f.filter(filters.Index(i).Name(), data, settings.Index(i))
		}
	}
	if f.err != nil {
		data = nil
	}
	s.unpacked = data
	return data
}

// filter undoes one packing and counts what comes out of it.
func (f *File) filter(kind string, data []byte, settings Value) []byte {
	data = f.undo(kind, data, settings)
	if f.unpacked += len(data); f.unpacked > maxUnpacked {
		f.err = ErrTooLarge
		return nil
	}
	return data
}

// undo undoes one packing; of one that is not of text nothing remains.
func (f *File) undo(kind string, data []byte, settings Value) []byte {
	left := min(maxUnpacked-f.unpacked, maxStream)
	switch kind {
	case "FlateDecode", "Fl":
		if len(data) < 2 {
			return nil
		}
		// The checksum at the end is not looked at: a stream that is cut gives what there is.
		data = f.bounded(flate.NewReader(bytes.NewReader(data[2:])), left)
		return f.predict(data, settings)
	case "LZWDecode", "LZW":
		data = lzw(data, left, settings.Key("EarlyChange"))
		return f.predict(data, settings)
	case "ASCII85Decode", "A85":
		return f.bounded(ascii85.NewDecoder(bytes.NewReader(ascii85Only(data))), left)
	case "ASCIIHexDecode", "AHx":
		s, _ := (&lexer{b: append([]byte("<"), data...)}).hex().(text)
		return []byte(s)
	case "RunLengthDecode", "RL":
		return runLength(data, left)
	case "Crypt":
		return data
	}
	return nil
}

func (f *File) bounded(r io.Reader, left int) []byte {
	var b bytes.Buffer
	_, err := io.Copy(&b, io.LimitReader(r, int64(left)+1))
	if b.Len() > left {
		f.err = ErrTooLarge
		return nil
	}
	if err != nil && b.Len() == 0 {
		return nil
	}
	return b.Bytes()
}

// ascii85Only takes away the marks around the data, and what is none.
func ascii85Only(data []byte) []byte {
	data = bytes.TrimPrefix(bytes.TrimSpace(data), []byte("<~"))
	if i := bytes.IndexByte(data, '~'); i >= 0 {
		data = data[:i]
	}
	out := make([]byte, 0, len(data))
	for _, c := range data {
		if c >= '!' && c <= 'u' || c == 'z' {
			out = append(out, c)
		}
	}
	return out
}

func runLength(data []byte, left int) []byte {
	var out []byte
	for i := 0; i < len(data) && data[i] != 128 && len(out) <= left; {
		n := int(data[i])
		i++
		if n < 128 {
			n = min(n+1, len(data)-i)
			out = append(out, data[i:i+n]...)
			i += n
			continue
		}
		if i < len(data) {
			out = append(out, bytes.Repeat(data[i:i+1], 257-n)...)
		}
		i++
	}
	return out
}

// lzw undoes Lempel-Ziv-Welch as PDF has it (ISO 32000-1, 7.4.4).
func lzw(data []byte, left int, early Value) []byte {
	change := 1
	if early.Kind() == Integer {
		change = int(early.Int64())
	}
	var out []byte
	type entry struct{ from, length int } // a piece of out
	table := make([]entry, 258, 4096)
	width, bits, have := 9, 0, 0
	last := entry{}
	for _, c := range data {
		bits, have = bits<<8|int(c), have+8
		if have < width {
			continue
		}
		have -= width
		code := bits >> have
		bits &= 1<<have - 1
		switch {
		case code == 257 || len(out) > left:
			return out
		case code == 256:
			table, width, last = table[:258], 9, entry{}
			continue
		}
		at := len(out)
		switch {
		case code < 256:
			out = append(out, byte(code))
		case code < len(table):
			e := table[code]
			out = append(out, out[e.from:e.from+e.length]...)
		case code == len(table) && last.length > 0:
			out = append(out, out[last.from:last.from+last.length]...)
			out = append(out, out[last.from])
		default:
			return out
		}
		if last.length > 0 && len(table) < 4096 {
			table = append(table, entry{last.from, last.length + 1})
		}
		last = entry{at, len(out) - at}
		for width < 12 && len(table)+change >= 1<<width {
			width++
		}
	}
	return out
}

// predict undoes what makes rows of numbers pack better.
func (f *File) predict(data []byte, settings Value) []byte {
	kind := settings.Key("Predictor").Int64()
	if kind < 2 {
		return data
	}
	or := func(key string, standard int64) int {
		if v := settings.Key(key); v.Kind() == Integer {
			return int(v.Int64())
		}
		return int(standard)
	}
	colors, depth, columns := or("Colors", 1), or("BitsPerComponent", 8), or("Columns", 1)
	if colors < 1 || colors > 32 || depth < 1 || depth > 16 || columns < 1 || columns > 1<<20 {
		return nil
	}
	pixel := max(1, colors*depth/8)
	row := (colors*depth*columns + 7) / 8
	if kind == 2 {
		for at := 0; at+row <= len(data) && depth == 8; at += row {
			for i := pixel; i < row; i++ {
				data[at+i] += data[at+i-pixel]
			}
		}
		return data
	}
	out := make([]byte, 0, len(data))
	above := make([]byte, row)
	for len(data) > 1 {
		n := min(row, len(data)-1)
		how, line := data[0], data[1:1+n]
		data = data[1+n:]
		for i := range line {
			var left, corner byte
			if i >= pixel {
				left, corner = line[i-pixel], above[i-pixel]
			}
			switch how {
			case 1:
				line[i] += left
			case 2:
				line[i] += above[i]
			case 3:
				line[i] += byte((int(left) + int(above[i])) / 2)
			case 4:
				line[i] += paeth(left, above[i], corner)
			}
		}
		out = append(out, line...)
		above = append(above[:0], line...)
		above = append(above, make([]byte, row-n)...)
	}
	return out
}

func paeth(a, b, c byte) byte {
	p := int(a) + int(b) - int(c)
	pa, pb, pc := abs(p-int(a)), abs(p-int(b)), abs(p-int(c))
	switch {
	case pa <= pb && pa <= pc:
		return a
	case pb <= pc:
		return b
	}
	return c
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
