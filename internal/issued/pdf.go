package issued

import (
	"bytes"
	"context"
	"strings"

	"github.com/ledongthuc/pdf"
)

// Bounds of a PDF.
const (
	maxPages  = 2000
	maxGlyphs = 4_000_000
)

// readPortable reads a PDF with a layer of text: glyphs become rows, rows paragraphs; what every page repeats at its
// top or foot is left out.
func readPortable(ctx context.Context, content []byte, out *lines) error {
	file, err := pdf.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		if strings.Contains(err.Error(), "password") || strings.Contains(err.Error(), "encrypt") {
			return refuse("encrypted", "Tệp PDF có mật khẩu. Bỏ mật khẩu rồi thử lại.", "The PDF has a password. Take it off and try again.")
		}
		return damaged(Portable)
	}
	count := file.NumPage()
	switch {
	case count < 1:
		return damaged(Portable)
	case count > maxPages:
		return tooMuch()
	}
	r := pageReader{fonts: map[string]*face{}}
	var pages []page
	for i := 1; i <= count; i++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		pages = append(pages, r.read(file.Page(i), i))
		if r.count > maxGlyphs {
			return tooMuch()
		}
	}
	if r.count < 20*min(count, 3) {
		return noText()
	}
	layPages(pages, out)
	return nil
}
