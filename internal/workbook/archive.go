package workbook

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"dondoc/internal/attachment"
	"dondoc/internal/fault"
)

// MediaType is that of a workbook.
const MediaType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// fieldFile is the field at which faults of the whole file are told.
const fieldFile = "file"

// Bounds of what is read. A form has some dozen rows, a table of units as many
// as there are units; what a person fills in stays far below.
const (
	maxSheets  = 20
	formRows   = 5_000
	roundRows  = 20_000
	maxColumns = 700
	maxCells   = 1_000_000
	maxMerges  = 2_000
	maxStrings = 16 << 20 // bytes of shared text
	maxStyles  = 65_000
)

func refuse(code, vi, en string, args ...any) error {
	return fault.New(fault.Invalid, code, vi, en, args...).At(fieldFile)
}

func broken() error {
	return refuse("sheet.broken", "Tệp Excel bị hỏng hoặc bị đứt. Mở bằng chương trình bảng tính, lưu lại thành .xlsx rồi gửi lại.",
		"The workbook is damaged or cut off. Open it in a spreadsheet program, save it as .xlsx and send it again.")
}

// parts are the entries of a workbook's archive.
type parts map[string]*zip.File

// open unpacks nothing yet: it tells what the file is, and refuses archives that
// would unpack to too much, with macros or with a password.
func open(content []byte) (parts, error) {
	if err := sniff(content); err != nil {
		return nil, err
	}
	archive, err := attachment.OpenArchive(content)
	if err != nil {
		return nil, err
	}
	found := parts{}
	for _, entry := range archive.File {
		found[strings.TrimPrefix(entry.Name, "/")] = entry
	}
	switch {
	case found["xl/workbook.xml"] != nil && found["[Content_Types].xml"] != nil:
		return found, nil
	case found["xl/workbook.bin"] != nil:
		return nil, saveAs("XLSB")
	case found["mimetype"] != nil && found["content.xml"] != nil:
		return nil, saveAs("OpenDocument (.ods)")
	}
	return nil, refuse("sheet.type", "Tệp nén (zip) này không phải bảng tính Excel. Gửi thẳng tệp .xlsx, không nén.",
		"This archive (zip) is no Excel workbook. Send the .xlsx itself.")
}

// sniff looks at the first bytes, whatever the file's name says.
func sniff(content []byte) error {
	switch {
	case len(content) == 0:
		return refuse("sheet.empty", "Tệp trống. Chọn tệp .xlsx đã điền.", "The file is empty. Choose the .xlsx that was filled in.")
	case bytes.HasPrefix(content, []byte("PK\x03\x04")):
		return nil
	case bytes.HasPrefix(content, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return refuse("sheet.type",
			"Tệp có mật khẩu, hoặc là Excel đời cũ (.xls). Mở bằng Excel, bỏ mật khẩu, chọn “Lưu thành” (Save As), loại “Excel Workbook (.xlsx)” rồi gửi lại.",
			"The file has a password or is of the old format (.xls). Open it, take the password off, choose Save As, type Excel Workbook (.xlsx), and send that.")
	case bytes.HasPrefix(content, []byte("%PDF")):
		return saveAs("PDF")
	case bytes.HasPrefix(bytes.TrimLeft(content, "\ufeff \t\r\n"), []byte("<")):
		return saveAs("XML/HTML")
	case bytes.IndexByte(content[:min(len(content), 512)], 0) < 0:
		return saveAs("văn bản (.csv, .txt)")
	}
	return refuse("sheet.type", "Tệp không phải bảng tính Excel (.xlsx). Gửi lại biểu mẫu đã tải về, lưu ở dạng .xlsx.",
		"The file is no Excel workbook (.xlsx). Send the form that was downloaded, saved as .xlsx.")
}

// saveAs tells how a file of another kind becomes one that is taken.
func saveAs(kind string) error {
	return refuse("sheet.type", "Tệp thuộc loại %s, không nhận. Mở biểu mẫu bằng chương trình bảng tính, chọn “Lưu thành” (Save As), loại “Excel Workbook (.xlsx)” rồi gửi lại.",
		"The file is of the type %s, which is not taken. Open the form in a spreadsheet program, choose Save As, type Excel Workbook (.xlsx), and send that.", kind)
}

// tokens reads the XML of an entry as a stream. A missing entry has none.
func (p parts) tokens(name string, each func(d *xml.Decoder, start xml.StartElement) error) (err error) {
	entry := p[name]
	if entry == nil {
		return nil
	}
	content, err := entry.Open()
	if err != nil {
		return fmt.Errorf("%w: %w", errXML, err)
	}
	defer func() { err = errors.Join(err, content.Close()) }()
	d := xml.NewDecoder(content)
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w: %w", errXML, err)
		}
		if start, ok := token.(xml.StartElement); ok {
			if err := each(d, start); err != nil {
				return err
			}
		}
	}
}

// errXML: a part of the workbook is not what the format says.
var errXML = errors.New("not as the format says")

// attribute is the value of an attribute, whatever its name space.
func attribute(start xml.StartElement, name string) string {
	for _, a := range start.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// targets are the parts that an entry's relations lead to, by their ids.
func (p parts) targets(of string) (map[string]string, error) {
	found := map[string]string{}
	folder, file := path.Split(of)
	err := p.tokens(folder+"_rels/"+file+".rels", func(_ *xml.Decoder, start xml.StartElement) error {
		if start.Name.Local != "Relationship" {
			return nil
		}
		target := attribute(start, "Target")
		if !strings.HasPrefix(target, "/") {
			target = path.Join(folder, target)
		}
		found[attribute(start, "Id")] = strings.TrimPrefix(path.Clean(target), "/")
		return nil
	})
	return found, err
}
