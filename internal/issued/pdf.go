package issued

import (
	"context"
	"errors"

	"dondoc/internal/issued/pdffile"
)

// How many glyphs a PDF and a page of it may have; a page of words has 3,000.
const (
	maxGlyphs = 3_000_000
	maxOnPage = 200_000
)

// readPortable reads a PDF with a layer of text: glyphs become rows, rows paragraphs; what every page repeats at its
// top or foot is left out.
func readPortable(ctx context.Context, content []byte, out *lines) error {
	file, err := pdffile.Open(ctx, content)
	switch {
	case errors.Is(err, pdffile.ErrEncrypted):
		return refuse("encrypted", "Tệp PDF có mật khẩu. Bỏ mật khẩu rồi thử lại.", "The PDF has a password. Take it off and try again.")
	case errors.Is(err, pdffile.ErrTooLarge):
		return tooMuch()
	case errors.Is(err, pdffile.ErrDamaged):
		return damaged(Portable)
	case err != nil:
		return err
	}
	r := pageReader{file: file, fonts: map[any]*face{}}
	var pages []page
	for i, p := range file.Pages() {
		if err := ctx.Err(); err != nil {
			return err
		}
		pages = append(pages, r.read(p, i+1))
		if errors.Is(file.Err(), pdffile.ErrTooLarge) {
			return tooMuch()
		}
		if err := file.Err(); err != nil {
			return err
		}
	}
	if r.count < 20*min(len(pages), 3) {
		return noText()
	}
	layPages(pages, out)
	return nil
}
