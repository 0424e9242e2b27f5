package workbook

import (
	"encoding/xml"
	"regexp"
	"strconv"
	"strings"
)

// style is what reading needs to know of how a cell looks.
type style struct {
	unlocked bool
	date     bool // the number is shown as a day or a time
	percent  bool // the number is shown in hundredths
}

// readStyles reads the formats of cells, in the order in which cells name them.
func (p parts) readStyles() ([]style, error) {
	var styles []style
	formats := map[string]string{}
	inside := false
	err := p.tokens("xl/styles.xml", func(d *xml.Decoder, start xml.StartElement) error {
		switch start.Name.Local {
		case "numFmt":
			if len(formats) < maxStyles {
				formats[attribute(start, "numFmtId")] = attribute(start, "formatCode")
			}
		case "cellXfs":
			inside = true
		case "cellStyles", "dxfs":
			inside = false
		case "xf":
			if inside && len(styles) < maxStyles {
				styles = append(styles, styleOf(attribute(start, "numFmtId"), formats))
			}
		case "protection":
			if locked := attribute(start, "locked"); inside && len(styles) > 0 && (locked == "0" || locked == "false") {
				styles[len(styles)-1].unlocked = true
			}
		}
		return nil
	})
	return styles, err
}

func styleOf(id string, formats map[string]string) style {
	if code, ok := formats[id]; ok {
		bare := quoted.ReplaceAllString(code, "")
		return style{date: dates.MatchString(bare), percent: strings.Contains(bare, "%")}
	}
	n, err := strconv.Atoi(id)
	if err != nil {
		return style{}
	}
	// The formats that every program knows by number (ECMA-376 part 1, 18.8.30).
	return style{date: n >= 14 && n <= 22 || n >= 27 && n <= 36 || n >= 45 && n <= 47 || n >= 50 && n <= 58, percent: n == 9 || n == 10}
}

var (
	// quoted is what a format says literally, and its colours, locales and conditions.
	quoted = regexp.MustCompile(`"[^"]*"|\\.|_.|\*.|\[[^\]]*\]`)
	dates  = regexp.MustCompile(`(?i)[ymdhs]`)
)
