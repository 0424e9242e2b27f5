package issued

import (
	"bytes"
	"context"
	"path"
	"strings"
	"unicode/utf8"

	"dondoc/internal/fault"
)

// Bounds of what is read. A plan of 100 pages is a few hundred kilobytes.
const (
	// MaxSize is the size of a file in bytes.
	MaxSize = 32 << 20
	// maxText is how much text a document may hold, in bytes.
	maxText = 4 << 20
	// maxLines is how many lines a document may have.
	maxLines = 200_000
	// maxCells is how many cells a row may have; the rest of a row is left out.
	maxCells = 64
	// maxAllCells is how many cells all rows may have.
	maxAllCells = 1_000_000
	// maxDepth is how deep elements may nest.
	maxDepth = 128
)

func refuse(code, vi, en string, args ...any) error {
	return fault.New(fault.Invalid, "document."+code, vi, en, args...).At("file")
}

func tooMuch() error {
	return refuse("too_large", "Văn bản quá lớn để đọc. Tách riêng phần kế hoạch rồi thử lại.", "The document is too large to read. Take the plan out of it and try again.")
}

func damaged(kind Format) error {
	return refuse("broken", "Tệp .%s bị hỏng hoặc bị đứt. Mở lại bằng chương trình văn phòng, lưu rồi thử lại.", "The .%s file is damaged or cut off. Open it, save it and try again.", kind)
}

// Read reads a document. The kind of file is told by its content, and only for plain text by its name. Faults are of
// the kind fault.Invalid, in both languages: what cannot be read, and what to do about it.
func Read(ctx context.Context, name string, content []byte) (doc Document, err error) {
	switch {
	case len(bytes.TrimSpace(content)) == 0:
		return doc, refuse("empty", "Tệp trống.", "The file is empty.")
	case len(content) > MaxSize:
		return doc, tooMuch()
	}
	kind, err := kindOf(name, content)
	if err != nil {
		return doc, err
	}
	var files archive
	if kind == packed {
		if files, err = openArchive(ctx, content); err != nil {
			return doc, err
		}
		if kind, err = files.kind(); err != nil {
			return doc, err
		}
	}
	// A library that stumbles over a damaged file must not take the server down.
	defer func() {
		if r := recover(); r != nil {
			doc, err = Document{}, damaged(kind)
		}
	}()
	out := newLines(kind)
	switch kind {
	case Word:
		err = readWord(files, out)
	case Writer:
		err = readWriter(files, out)
	case Web:
		err = readWeb(ctx, content, out)
	case Portable:
		err = readPortable(ctx, content, out)
	case OldWord:
		return readOld(ctx, content)
	default:
		err = readText(content, kind, out)
	}
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = out.failed
	}
	if err != nil {
		return Document{}, err
	}
	return out.finish()
}

var (
	oldWordMark = []byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}
	zipMark     = []byte("PK\x03\x04")
)

// kindOf tells what kind of file it is.
func kindOf(name string, content []byte) (Format, error) {
	head := bytes.TrimLeft(content[:min(len(content), 2048)], "\xef\xbb\xbf \t\r\n")
	lower := bytes.ToLower(head)
	ending := strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
	switch {
	case bytes.HasPrefix(content, zipMark):
		return packed, nil
	case bytes.HasPrefix(head, []byte("%PDF-")), bytes.Contains(content[:min(len(content), 1024)], []byte("%PDF-")) && !utf8.Valid(content):
		return Portable, nil
	case bytes.HasPrefix(content, oldWordMark), bytes.HasPrefix(head, []byte(`{\rtf`)):
		return OldWord, nil
	case bytes.HasPrefix(lower, []byte("<!doctype html")), bytes.HasPrefix(lower, []byte("<html")), bytes.Contains(lower, []byte("<html")), (ending == "html" || ending == "htm") && bytes.HasPrefix(head, []byte("<")):
		return Web, nil
	case ending == "md" || ending == "markdown":
		return Markdown, nil
	case bytes.HasPrefix(head, []byte("\x89PNG")), bytes.HasPrefix(head, []byte("\xff\xd8\xff")), bytes.HasPrefix(head, []byte("II*\x00")), bytes.HasPrefix(head, []byte("MM\x00*")):
		return "", noText()
	}
	return Text, nil
}

func noText() error {
	return refuse("no_text", "Tệp là ảnh quét, không có lớp chữ. Chạy nhận dạng chữ (OCR), hoặc lấy bản Word của văn bản.",
		"The file is a scanned picture without a layer of text. Run text recognition on it, or take the Word file of the document.")
}

func unknown() error {
	return refuse("kind", "Không đọc được loại tệp này. Dùng .docx, .odt, .html, .md, .txt hoặc .pdf có lớp chữ.", "Files of this kind cannot be read. Use .docx, .odt, .html, .md, .txt or a .pdf with a layer of text.")
}

// packed stands for the kinds that are archives, until their parts are known.
const packed Format = "zip"

// kind tells the kinds of packed documents apart.
func (a archive) kind() (Format, error) {
	switch {
	case a.has("word/document.xml"):
		return Word, nil
	case a.has("content.xml") && a.has("mimetype"):
		return Writer, nil
	}
	return "", unknown()
}
