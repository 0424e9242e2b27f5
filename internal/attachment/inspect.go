package attachment

import (
	"bytes"
	"errors"
	"path"
	"regexp"

	"dondoc/internal/fault"
	"dondoc/internal/privacy"
)

// fieldFile is the field that faults of a file are told at.
const fieldFile = "file"

// File is a file that may be stored.
type File struct {
	Name      string
	MediaType string
	Content   []byte
	// Text is what could be read of it; empty for scans.
	Text string
	// Declared: a person said that it holds no list of persons and no state secret.
	Declared bool
}

// Inspect looks at a file that somebody sends: its name, its size in bytes, what
// it really is, and what can be read of it. Scans are taken only where the
// person declares what the guard cannot read. Faults are Invalid, at "file" or
// "declared"; nothing of the content is repeated in them.
func Inspect(name string, content []byte, declared bool, limit int) (File, error) {
	f := File{Content: content, Declared: declared}
	clean, bad := cleanName(name)
	if bad != nil {
		return f, bad
	}
	f.Name = clean
	switch {
	case len(content) == 0:
		return f, refuse("attachment.empty", "Tệp “%s” trống.", "The file %q is empty.", clean)
	case len(content) > limit:
		return f, TooLarge(limit)
	}
	promised, known := ofName(clean)
	if !known {
		return f, refuse("attachment.type", "Không nhận tệp loại “%s”. Các loại được nhận: %s.", "Files of the type %q are not taken. Taken are: %s.", path.Ext(clean), taken)
	}
	if err := f.recognise(promised); err != nil {
		return f, err
	}
	if promised.scan && !declared {
		return f, fault.New(fault.Invalid, "attachment.declaration",
			"Xác nhận rằng bản chụp, bản quét không có danh sách cá nhân và không có nội dung mật, rồi gửi lại.",
			"Declare that the scan holds no list of persons and no state secret, and send it again.").At("declared")
	}
	return f, nil
}

// recognise holds the content against what the name promises.
func (f *File) recognise(promised kind) error {
	f.MediaType = promised.mediaType
	switch found := sniff(f.Content); {
	case found == "application/zip":
		return f.recogniseZip(promised)
	case found == "application/x-ole-storage" && (promised.mediaType == typeDOCX || promised.mediaType == typeXLSX):
		return refuse("attachment.encrypted", "Tệp có mật khẩu, hoặc thuộc định dạng cũ (.doc, .xls). Bỏ mật khẩu hoặc lưu lại thành %s.",
			"The file has a password or is of the old format (.doc, .xls). Take the password off or save it as %s.", promised.extensions[0])
	case found == typeP7M && promised.mediaType == typeP7S:
	case found != promised.mediaType:
		return refuse("attachment.disguised", "Nội dung tệp không đúng loại “%s” như tên gọi (thực tế là %s). Kiểm tra lại tệp.",
			"The content is not of the type %q that the name says (it is %s). Look at the file again.", promised.extensions[0], found)
	}
	switch f.MediaType {
	case typePDF:
		return checkPDF(f.Content)
	case typeCSV:
		f.Text = string(f.Content)
		return f.guard()
	}
	return nil
}

// encrypted is the entry of a PDF's trailer that says how it is encrypted.
var encrypted = regexp.MustCompile(`/Encrypt(?:\s+\d+\s+\d+\s+R|\s*<<)`)

func checkPDF(content []byte) error {
	if encrypted.Match(content) {
		return refuse("attachment.encrypted", "Tệp PDF có mật khẩu hoặc bị mã hóa nên không xem được. Bỏ mật khẩu rồi gửi lại.",
			"The PDF has a password or is encrypted and cannot be read. Take the password off and send it again.")
	}
	const tail = 2048 // programs write some bytes behind the end
	if !bytes.Contains(content[max(len(content)-tail, 0):], []byte("%%EOF")) {
		return refuse("attachment.broken", "Tệp PDF bị đứt ở cuối. Gửi lại tệp đầy đủ.", "The PDF is cut off at its end. Send the whole file.")
	}
	return nil
}

// maxText is how much text of one file the guard reads.
const maxText = 4 << 20

// errTooMuchText ends the reading of a file's text.
var errTooMuchText = errors.New("too much text")

// guard refuses what no text may hold.
func (f *File) guard() error {
	if len(f.Text) > maxText {
		return tooMuchText()
	}
	if found := privacy.Refuse(f.Text); found != nil {
		return found.At(fieldFile)
	}
	return nil
}

func tooMuchText() error {
	return refuse("attachment.too_much_text", "Tệp có quá nhiều chữ (hơn %d MB) nên không kiểm tra được. Tách thành nhiều tệp.",
		"The file has too much text (more than %d MB) to be checked. Split it.", maxText>>20)
}

// TooLarge is the fault of a file of more bytes than the limit.
func TooLarge(limit int) error {
	return refuse("attachment.too_large", "Tệp lớn hơn %d MB. Nén ảnh, quét đen trắng hoặc tách thành nhiều tệp.",
		"The file is larger than %d MB. Compress it, scan it in black and white, or split it.", limit>>20)
}

func refuse(code, vi, en string, args ...any) error {
	return fault.New(fault.Invalid, code, vi, en, args...).At(fieldFile)
}
