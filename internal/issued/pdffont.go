package issued

import (
	"regexp"
	"strconv"
	"strings"

	"dondoc/internal/issued/pdffile"
	"golang.org/x/text/encoding/charmap"
)

// face is what is known of a font: how its codes are cut, how wide they are and what they mean.
type face struct {
	reader    *pageReader
	composite bool
	widths    map[int]float64
	missing   float64
	letters   map[int]string // by ToUnicode or by the differences of an encoding
	oneByte   bool           // of a composite font whose codes are one byte, by its map
}

// face reads a font once.
func (r *pageReader) face(font pdffile.Value) *face {
	if font.IsNull() {
		return nil
	}
	key := font.Same()
	if known, ok := r.fonts[key]; ok {
		return known
	}
	if r.described > maxDescribed {
		return nil
	}
	f := &face{reader: r, widths: map[int]float64{}, letters: map[int]string{}, missing: 500}
	r.fonts[key] = f
	f.composite = font.Key("Subtype").Name() == "Type0"
	if f.composite {
		f.readWidths(font.Key("DescendantFonts").Index(0))
	} else {
		first, list := int(font.Key("FirstChar").Int64()), font.Key("Widths")
		for i := range min(list.Len(), 256) {
			f.widths[first+i] = list.Index(i).Float64()
		}
		f.readEncoding(font.Key("Encoding"))
	}
	f.readMap(font.Key("ToUnicode"))
	return f
}

func (f *face) readWidths(font pdffile.Value) {
	f.missing = 1000
	if dw := font.Key("DW"); !dw.IsNull() {
		f.missing = dw.Float64()
	}
	list := font.Key("W")
	for i := 0; i+1 < min(list.Len(), 70_000) && f.reader.described < maxDescribed; {
		from := int(list.Index(i).Int64())
		if second := list.Index(i + 1); second.Kind() == pdffile.Array {
			f.reader.described += min(second.Len(), 70_000)
			for j := range min(second.Len(), 70_000) {
				f.widths[from+j] = second.Index(j).Float64()
			}
			i += 2
			continue
		}
		to, wide := int(list.Index(i+1).Int64()), list.Index(i+2).Float64()
		for code := from; code <= to && code-from < 70_000; code++ {
			f.reader.described++
			f.widths[code] = wide
		}
		i += 3
	}
}

// readEncoding reads the letters of a simple font without a map.
func (f *face) readEncoding(encoding pdffile.Value) {
	for code := 32; code < 256; code++ {
		if r := charmap.Windows1252.DecodeByte(byte(code)); r != 0xFFFD {
			f.letters[code] = string(r)
		}
	}
	differences := encoding.Key("Differences")
	code := 0
	for i := range min(differences.Len(), 4096) {
		one := differences.Index(i)
		if one.Kind() == pdffile.Integer {
			code = int(one.Int64())
			continue
		}
		if letter := letterOf(one.Name()); letter != "" {
			f.letters[code] = letter
		}
		code++
	}
}

// letterOf reads names of glyphs that say their character themselves.
func letterOf(name string) string {
	for _, prefix := range []string{"uni", "u"} {
		if hex, ok := strings.CutPrefix(name, prefix); ok && len(hex) >= 4 {
			if n, err := strconv.ParseUint(hex[:4], 16, 32); err == nil {
				return string(rune(n))
			}
		}
	}
	if len(name) == 1 {
		return name
	}
	return glyphNames[name]
}

var glyphNames = map[string]string{
	"space": " ", "period": ".", "comma": ",", "hyphen": "-", "colon": ":", "semicolon": ";", "slash": "/", "parenleft": "(", "parenright": ")", "percent": "%", "quotedblleft": "“", "quotedblright": "”",
	"zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "endash": "–", "emdash": "—", "bullet": "•",
	"agrave": "à", "aacute": "á", "atilde": "ã", "acircumflex": "â", "egrave": "è", "eacute": "é", "ecircumflex": "ê", "igrave": "ì", "iacute": "í", "ograve": "ò", "oacute": "ó", "otilde": "õ", "ocircumflex": "ô",
	"ugrave": "ù", "uacute": "ú", "yacute": "ý", "abreve": "ă", "dcroat": "đ", "Dcroat": "Đ", "ohorn": "ơ", "uhorn": "ư", "Acircumflex": "Â", "Ecircumflex": "Ê", "Ocircumflex": "Ô", "quoteright": "’", "quotesingle": "'",
}

var (
	mapSections = regexp.MustCompile(`(?s)begin(codespacerange|bfchar|bfrange)(.*?)end(?:codespacerange|bfchar|bfrange)`)
	hexString   = regexp.MustCompile(`<\s*([0-9A-Fa-f\s]*)>|(\[)|(\])`)
)

// maxMap is the size of a map of codes in bytes.
const maxMap = 4 << 20

// maxDescribed is how much all fonts of a document may say of themselves: widths, and bytes of maps of codes.
const maxDescribed = 16 << 20

// readMap reads a ToUnicode map (ISO 32000-1, 9.10.3).
func (f *face) readMap(stream pdffile.Value) {
	if stream.Kind() != pdffile.Stream {
		return
	}
	text := stream.Bytes()
	if f.reader.described += len(text); len(text) > maxMap || f.reader.described > maxDescribed {
		return
	}
	sections := mapSections.FindAllStringSubmatch(string(text), -1)
	if len(sections) > 0 {
		// A map that leaves a code out says that it stands for nothing of its own, such as the tone of a vowel that the
		// glyph before has already.
		f.letters = map[int]string{}
	}
	for _, section := range sections {
		var tokens []string
		for _, m := range hexString.FindAllStringSubmatch(section[2], -1) {
			switch {
			case m[2] != "":
				tokens = append(tokens, "[")
			case m[3] != "":
				tokens = append(tokens, "]")
			default:
				tokens = append(tokens, bytesOf(m[1]))
			}
		}
		switch section[1] {
		case "codespacerange":
			if len(tokens) > 0 && len(tokens[0]) == 1 {
				f.oneByte = true
			}
		case "bfchar":
			for i := 0; i+1 < len(tokens); i += 2 {
				f.letters[codeOf(tokens[i])] = utf16String(tokens[i+1])
			}
		case "bfrange":
			f.readRanges(tokens)
		}
	}
}

func (f *face) readRanges(tokens []string) {
	for i := 0; i+2 < len(tokens) && f.reader.described < maxDescribed; {
		from, to := codeOf(tokens[i]), codeOf(tokens[i+1])
		i += 2
		if tokens[i] != "[" {
			first := []rune(utf16String(tokens[i]))
			for code := from; code <= to && code-from < 70_000 && len(first) > 0; code++ {
				f.reader.described++
				letters := append([]rune{}, first...)
				letters[len(letters)-1] += rune(code - from)
				f.letters[code] = string(letters)
			}
			i++
			continue
		}
		for i++; i < len(tokens) && tokens[i] != "]"; i++ {
			f.letters[from] = utf16String(tokens[i])
			from++
		}
		i++
	}
}

func bytesOf(hex string) string {
	hex = strings.Join(strings.Fields(hex), "")
	if len(hex)%2 == 1 {
		hex += "0"
	}
	b := make([]byte, 0, len(hex)/2)
	for i := 0; i+1 < len(hex); i += 2 {
		n, err := strconv.ParseUint(hex[i:i+2], 16, 8)
		if err != nil {
			return ""
		}
		b = append(b, byte(n))
	}
	return string(b)
}

func codeOf(b string) int {
	n := 0
	for i := range min(len(b), 4) {
		n = n<<8 | int(b[i])
	}
	return n
}

// next cuts the first code of a string.
func (f *face) next(raw string) (code, size int) {
	if f.composite && !f.oneByte && len(raw) > 1 {
		return int(raw[0])<<8 | int(raw[1]), 2
	}
	return int(raw[0]), 1
}

func (f *face) width(code int) float64 {
	if w, ok := f.widths[code]; ok {
		return w
	}
	return f.missing
}

func (f *face) unicode(code int) string { return f.letters[code] }
