package attachment

import (
	"bytes"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gabriel-vasile/mimetype"

	"dondoc/internal/fault"
	"dondoc/internal/task"
)

// Limits of files.
const (
	// DefaultLimit is how many bytes one file may have where nothing else is configured.
	DefaultLimit = 20 << 20
	// MaxPerTask is how many files may lie beside a task that no submission names.
	MaxPerTask = 20
	// longestName is in characters; no file system takes more than 255 bytes.
	longestName = 120
)

// kind is a type of file that is taken.
type kind struct {
	mediaType  string
	extensions []string
	// scan: an image of a signed document, or a signature over one. Nobody but a
	// person can say what is in it.
	scan bool
}

const (
	typePDF  = "application/pdf"
	typeDOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	typeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	typeODT  = "application/vnd.oasis.opendocument.text"
	typeODS  = "application/vnd.oasis.opendocument.spreadsheet"
	typeCSV  = "text/csv"
	typeP7S  = "application/pkcs7-signature"
	typeP7M  = "application/pkcs7-mime"
)

var kinds = []kind{
	{typePDF, []string{".pdf"}, true},
	{"image/png", []string{".png"}, true},
	{"image/jpeg", []string{".jpg", ".jpeg"}, true},
	{"image/heic", []string{".heic", ".heif"}, true},
	{typeDOCX, []string{".docx"}, false},
	{typeXLSX, []string{".xlsx"}, false},
	{typeODT, []string{".odt"}, false},
	{typeODS, []string{".ods"}, false},
	{typeCSV, []string{".csv"}, false},
	{typeP7S, []string{".p7s"}, true},
	{typeP7M, []string{".p7m"}, true},
}

// Scan reports whether files of the type stand for a signed document, and so
// need a person's declaration of what is in them.
func Scan(mediaType string) bool {
	return slices.ContainsFunc(kinds, func(k kind) bool { return k.mediaType == mediaType && k.scan })
}

// Accepted lists what a browser offers to choose from, as the attribute accept of a
// file input has it: with photographs first, a phone offers its camera too.
func Accepted() string {
	list := []string{"image/*"}
	for _, k := range kinds {
		list = append(list, k.extensions...)
	}
	return strings.Join(list, ",")
}

const taken = "PDF, PNG, JPEG, HEIC, DOCX, XLSX, ODT, ODS, CSV, P7S, P7M"

// active are endings of what a computer would run; none may hide before the last one.
var active = []string{
	".exe", ".com", ".bat", ".cmd", ".scr", ".msi", ".pif", ".dll", ".vbs", ".js", ".jse", ".wsf", ".ps1", ".sh", ".jar", ".apk", ".lnk",
	".hta", ".htm", ".html", ".svg", ".xml", ".php", ".docm", ".xlsm", ".dotm", ".xlam",
}

// cleanName brings a name into the form that is stored and shown: NFC, one
// line, no folder, nothing that turns the direction of writing.
func cleanName(name string) (string, *fault.Fault) {
	name, f := task.CleanText(name, longestName)
	if f != nil {
		return "", f.At(fieldFile)
	}
	refuse := func(vi, en string, args ...any) (string, *fault.Fault) {
		return "", fault.New(fault.Invalid, "attachment.name", vi, en, args...).At(fieldFile)
	}
	switch {
	case name == "":
		return refuse("Tệp không có tên. Đặt tên rồi gửi lại.", "The file has no name. Give it one.")
	case strings.ContainsAny(name, "/\\\n\t") || name == "." || name == "..":
		return refuse("Tên tệp không được có đường dẫn (/ hoặc \\). Chỉ gửi tên tệp.", "The file's name may not have a path (/ or \\). Send the name alone.")
	case strings.HasPrefix(name, ".") || strings.IndexFunc(name, unicode.IsLetter) < 0 && strings.IndexFunc(name, unicode.IsDigit) < 0:
		return refuse("Tên tệp phải có chữ hoặc số ở trước phần mở rộng.", "The file's name needs letters or digits before its extension.")
	}
	stem := strings.ToLower(strings.TrimSuffix(name, path.Ext(name)))
	for _, inner := range active {
		if strings.HasSuffix(strings.TrimRight(stem, " ."), inner) {
			return refuse("Tên tệp có hai phần mở rộng (%s). Đặt lại tên.", "The file's name has two extensions (%s). Rename it.", inner)
		}
	}
	return name, nil
}

// sniff tells what the content is, whatever its name says. What is no type that
// is taken comes as mimetype's word for it.
func sniff(content []byte) string {
	switch {
	case bytes.HasPrefix(content, []byte("PK\x03\x04")):
		return "application/zip"
	case isPKCS7(content):
		return typeP7M
	}
	found := mimetype.Detect(content)
	switch {
	case found.Is("image/heic"), found.Is("image/heic-sequence"), found.Is("image/heif"), found.Is("image/heif-sequence"):
		return "image/heic"
	case found.Is("text/csv"), found.Is("text/plain"), found.Is("text/tab-separated-values"):
		if utf8.Valid(content) && !bytes.ContainsRune(content, 0) {
			return typeCSV
		}
	}
	mediaType, _, _ := strings.Cut(found.String(), ";")
	return mediaType
}

// signedData is the object identifier of PKCS #7 signed data (RFC 2315) in DER.
var signedData = []byte{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02}

func isPKCS7(content []byte) bool {
	for _, head := range []string{"-----BEGIN PKCS7-----", "-----BEGIN CMS-----"} {
		if bytes.HasPrefix(content, []byte(head)) {
			return true
		}
	}
	return len(content) > 20 && content[0] == 0x30 && bytes.Contains(content[:20], signedData)
}

// ofName is the kind that the name promises.
func ofName(name string) (kind, bool) {
	extension := strings.ToLower(path.Ext(name))
	i := slices.IndexFunc(kinds, func(k kind) bool { return slices.Contains(k.extensions, extension) })
	if i < 0 {
		return kind{}, false
	}
	return kinds[i], true
}
