package attachment

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
)

// Bounds of an archive: what an office program writes stays far below them.
const (
	maxEntries  = 5000
	maxUnpacked = 200 << 20
	// maxRatio bounds how far an entry of more than a megabyte unpacks.
	maxRatio = 200
)

// recogniseZip tells the office formats apart by what is in them, and refuses
// bombs, macros and encrypted files.
func (f *File) recogniseZip(promised kind) error {
	archive, err := zip.NewReader(bytes.NewReader(f.Content), int64(len(f.Content)))
	if err != nil {
		return broken()
	}
	if err := checkEntries(archive); err != nil {
		return err
	}
	found := formatOf(archive)
	if found == "" {
		return refuse("attachment.disguised", "Tệp nén (zip) không phải %s. Gửi từng tệp, không nén.", "The archive (zip) is no %s. Send the files one by one.", promised.extensions[0])
	}
	if found != promised.mediaType {
		return refuse("attachment.disguised", "Nội dung tệp không đúng loại “%s” như tên gọi (thực tế là %s). Kiểm tra lại tệp.",
			"The content is not of the type %q that the name says (it is %s). Look at the file again.", promised.extensions[0], found)
	}
	f.Text, err = textOf(archive, found)
	switch {
	case errors.Is(err, errTooMuchText):
		return tooMuchText()
	case err != nil:
		return broken()
	}
	return f.guard()
}

// OpenArchive opens a zip after looking into each of its entries: bombs, macros
// and passwords are refused as in a file that is kept.
func OpenArchive(content []byte) (*zip.Reader, error) {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, broken()
	}
	return archive, checkEntries(archive)
}

func broken() error {
	return refuse("attachment.broken", "Tệp bị hỏng hoặc bị đứt. Mở lại bằng chương trình văn phòng, lưu rồi gửi lại.",
		"The file is damaged or cut off. Open it, save it and send it again.")
}

// checkEntries unpacks everything into nothing: what an archive says of its own
// sizes is not believed.
func checkEntries(archive *zip.Reader) error {
	if len(archive.File) > maxEntries {
		return bomb()
	}
	left := int64(maxUnpacked)
	for _, entry := range archive.File {
		name := strings.ToLower(entry.Name)
		switch {
		case entry.Flags&1 != 0:
			return refuse("attachment.encrypted", "Tệp có mật khẩu. Bỏ mật khẩu rồi gửi lại.", "The file has a password. Take it off and send the file again.")
		case strings.HasSuffix(name, "vbaproject.bin"), strings.HasPrefix(name, "basic/"), strings.HasPrefix(name, "scripts/"):
			return refuse("attachment.macro", "Tệp có macro. Lưu lại không kèm macro (.docx, .xlsx, .odt, .ods).", "The file has macros. Save it without them.")
		}
		n, err := unpackedSize(entry, left)
		if err != nil {
			return broken()
		}
		if left -= n; left <= 0 || n > 1<<20 && uint64(n) > maxRatio*max(entry.CompressedSize64, 1) {
			return bomb()
		}
	}
	return nil
}

func unpackedSize(entry *zip.File, limit int64) (int64, error) {
	content, err := entry.Open()
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(io.Discard, io.LimitReader(content, limit))
	return n, errors.Join(err, content.Close())
}

func bomb() error {
	return refuse("attachment.bomb", "Tệp nén bung ra quá lớn nên không được nhận. Lưu lại bằng chương trình văn phòng, giảm cỡ ảnh.",
		"The file unpacks to too much and is not taken. Save it again with smaller pictures.")
}

// formatOf is the office format of an archive; empty: it is none that is taken.
func formatOf(archive *zip.Reader) string {
	present := map[string]*zip.File{}
	for _, entry := range archive.File {
		present[entry.Name] = entry
	}
	switch {
	case present["[Content_Types].xml"] != nil && present["word/document.xml"] != nil:
		return typeDOCX
	case present["[Content_Types].xml"] != nil && present["xl/workbook.xml"] != nil:
		return typeXLSX
	case present["mimetype"] != nil && present["content.xml"] != nil:
		content, err := present["mimetype"].Open()
		if err != nil {
			return ""
		}
		defer content.Close()
		b, err := io.ReadAll(io.LimitReader(content, 100))
		if mediaType := strings.TrimSpace(string(b)); err == nil && (mediaType == typeODT || mediaType == typeODS) {
			return mediaType
		}
	}
	return ""
}
