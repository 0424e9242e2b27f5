package account

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plaintext"
	"dondoc/internal/policy"
)

// Columns of a list of people, in any order. Only email, agency_code and role
// must be there.
var Columns = []string{"email", "name", "phone", "language", "agency_code", "role", "valid_from", "valid_to"}

var requiredColumns = []string{"email", "agency_code", "role"}

const (
	maxRows     = 20_000
	maxProblems = 200
	maxName     = 200
	maxPhone    = 40
	// maxFields is far more than there are columns: where each field is in a line
	// of very many fields is not looked up.
	maxFields = 50
)

// Row is one line of a list: a person and one post. Name, phone and language
// may be left out on a person's second and further lines.
type Row struct {
	Line                         int
	Email, Name, Phone, Language string
	AgencyCode                   string
	Role                         policy.Role
	ValidFrom, ValidTo           calendar.Date // zero where the list says nothing
	columns                      map[string]int
}

// Column returns where a field stands in the line, counted in characters from 1.
func (r Row) Column(field string) int { return max(1, r.columns[field]) }

// Problem is one fault of a list of people.
type Problem struct {
	Line, Column int // from 1
	Field        string
	Code         string
	VI, EN       string
}

// In returns what is wrong and how to mend it in "vi" or "en".
func (p Problem) In(language string) string {
	if language == "en" {
		return p.EN
	}
	return p.VI
}

// Problems is the error of a list that cannot be imported: every fault at once.
type Problems []Problem

// Error names the first fault and how many there are.
func (ps Problems) Error() string {
	if len(ps) == 0 {
		return "no problems"
	}
	return fmt.Sprintf("list of people: line %d, column %d: %s (%d in all)", ps[0].Line, ps[0].Column, ps[0].EN, len(ps))
}

// Unwrap gives the fault for the edges.
func (ps Problems) Unwrap() error {
	details := make([]*fault.Fault, len(ps))
	for i, p := range ps {
		details[i] = &fault.Fault{Kind: fault.Invalid, Code: p.Code, Field: p.Field, VI: p.VI, EN: p.EN}
	}
	return fault.New(fault.Invalid, "people.problems",
		"Danh sách có %d chỗ cần sửa; chưa nhập gì.", "The list has %d places to mend; nothing was imported.", len(ps)).With(details...)
}

// Add appends a problem at a field of a row; vi and en are formats for the same args.
func (ps *Problems) Add(r Row, field, code, vi, en string, args ...any) {
	*ps = append(*ps, Problem{Line: r.Line, Column: r.Column(field), Field: field, Code: code, VI: fmt.Sprintf(vi, args...), EN: fmt.Sprintf(en, args...)})
}

// roleNames are what people write for a role; the codes are always understood.
var roleNames = map[string]policy.Role{
	"đầu mối": policy.FocalPoint, "thủ trưởng": policy.Head, "thủ trưởng đơn vị": policy.Head,
	"người theo dõi": policy.Supervisor, "người theo dõi, đôn đốc": policy.Supervisor,
	"cơ quan ban hành": policy.PlanAuthority, "cơ quan thường trực": policy.PlanAuthority,
	"người kiểm tra": policy.Auditor, "quản trị": policy.Administrator, "quản trị hệ thống": policy.Administrator,
}

// ReadPeople reads a list of people as spreadsheets write it: UTF-8 with or
// without a byte order mark, fields parted by commas or semicolons. With any
// fault it returns Problems as its error and no rows.
func ReadPeople(source []byte) ([]Row, error) {
	r := &peopleReader{}
	rows := r.read(source)
	r.acrossRows(rows)
	if len(r.problems) > 0 {
		slices.SortStableFunc(r.problems, func(a, b Problem) int {
			if a.Line != b.Line {
				return a.Line - b.Line
			}
			return a.Column - b.Column
		})
		return nil, r.problems[:min(len(r.problems), maxProblems)]
	}
	return rows, nil
}

type peopleReader struct {
	problems Problems
	order    map[string]int // column name → index
}

func (r *peopleReader) fail(line, column int, field, code, vi, en string, args ...any) {
	r.problems = append(r.problems, Problem{line, column, field, code, fmt.Sprintf(vi, args...), fmt.Sprintf(en, args...)})
}

func (r *peopleReader) read(source []byte) []Row {
	source = bytes.TrimPrefix(source, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(source) {
		r.fail(1, 1, "", "people.encoding", "Hãy lưu tệp dạng “CSV UTF-8”.", "Save the file as “CSV UTF-8”.")
		return nil
	}
	if at, found := plaintext.Deceptive(string(source)); found {
		r.fail(at.Line, at.Column, "", "people.control", "Có ký tự điều khiển không được phép (mã %U). Xóa ký tự ấy.",
			"A control character is not allowed here (code %U). Delete it.", at.Rune)
		return nil
	}
	reader := csv.NewReader(bytes.NewReader(source))
	reader.FieldsPerRecord = -1
	lines := bytes.Split(source, []byte("\n"))
	header := lines[0]
	if bytes.Count(header, []byte(";")) > bytes.Count(header, []byte(",")) {
		reader.Comma = ';'
	}
	var rows []Row
	for number := 0; ; number++ {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var syntax *csv.ParseError
		if errors.As(err, &syntax) {
			r.fail(syntax.Line, max(1, syntax.Column), "", "people.syntax",
				"Dấu ngoặc kép đặt sai chỗ; mở và đóng ngoặc kép quanh cả ô.", "A quotation mark is misplaced; quote the whole field.")
			break // what follows cannot be told apart any more
		}
		if err != nil {
			r.fail(1, 1, "", "people.syntax", "Không đọc được tệp.", "The file cannot be read.")
			break
		}
		// csv counts bytes; people count characters.
		position := func(i int) (int, int) {
			line, column := reader.FieldPos(i)
			return line, characters(lines, line, column)
		}
		if r.order == nil {
			if !r.header(record, position) {
				return nil
			}
			continue
		}
		if number > maxRows {
			line, _ := position(0)
			r.fail(line, 1, "", "people.rows", "Nhiều hơn %d dòng; hãy chia tệp.", "More than %d lines; split the file.", maxRows)
			break
		}
		if row, ok := r.row(record, position); ok {
			rows = append(rows, row)
		}
	}
	if r.order == nil && len(r.problems) == 0 {
		r.fail(1, 1, "", "people.empty", "Tệp trống. Dòng đầu phải là tên cột: %s.", "The file is empty. Its first line names the columns: %s.", strings.Join(Columns, ","))
	}
	return rows
}

// characters turns a column in bytes into one in characters, both from 1.
func characters(lines [][]byte, line, column int) int {
	if line < 1 || line > len(lines) || column < 1 || column-1 > len(lines[line-1]) {
		return column
	}
	return utf8.RuneCount(lines[line-1][:column-1]) + 1
}

func (r *peopleReader) header(record []string, position func(int) (int, int)) bool {
	r.order = map[string]int{}
	if len(record) > maxFields {
		r.fail(1, 1, "", "people.columns", "Dòng đầu có %d cột, nhiều nhất %d. Kiểm tra dấu phân cách.",
			"The first line has %d columns, at most %d. Check the separators.", len(record), maxFields)
		return false
	}
	for i, name := range record {
		line, column := position(i)
		name = strings.ToLower(strings.TrimSpace(name))
		switch _, twice := r.order[name]; {
		case !slices.Contains(Columns, name):
			r.fail(line, column, "", "people.column", "Không có cột %q; các cột dùng được: %s.", "There is no column %q; the columns are: %s.", name, strings.Join(Columns, ", "))
		case twice:
			r.fail(line, column, name, "people.column_twice", "Cột %q có hai lần.", "Column %q is there twice.", name)
		default:
			r.order[name] = i
		}
	}
	for _, name := range requiredColumns {
		if _, ok := r.order[name]; !ok {
			r.fail(1, 1, name, "people.column_missing", "Thiếu cột %q.", "Column %q is missing.", name)
		}
	}
	return len(r.problems) == 0
}

func (r *peopleReader) row(record []string, position func(int) (int, int)) (Row, bool) {
	row := Row{columns: map[string]int{}}
	row.Line, _ = position(0)
	if len(record) != len(r.order) {
		r.fail(row.Line, 1, "", "people.fields", "Dòng có %d ô, dòng tên cột có %d. Thêm hoặc bớt dấu phân cách.",
			"The line has %d fields, the line of column names %d. Add or remove separators.", len(record), len(r.order))
		return row, false
	}
	field := map[string]string{}
	blank := true
	for name, i := range r.order {
		_, row.columns[name] = position(i)
		field[name] = norm.NFC.String(strings.TrimSpace(record[i]))
		blank = blank && field[name] == ""
	}
	if blank {
		return row, false // spreadsheets leave such lines at the end
	}
	r.person(&row, field)
	r.post(&row, field)
	return row, true
}

func (r *peopleReader) person(row *Row, field map[string]string) {
	email, err := CleanEmail(field["email"])
	if f := fault.Of(err); f != nil {
		r.fail(row.Line, row.Column("email"), "email", f.Code, "%[1]s", "%[2]s", f.VI, f.EN)
	}
	row.Email, row.Name, row.Phone = email, field["name"], field["phone"]
	for name, limit := range map[string]int{"name": maxName, "phone": maxPhone} {
		if n := utf8.RuneCountInString(field[name]); n > limit {
			r.problems.Add(*row, name, "people.long", "Dài %d ký tự, tối đa %d.", "%d characters long, at most %d.", n, limit)
		}
	}
	row.Language = strings.ToLower(field["language"])
	if row.Language != "" && row.Language != "vi" && row.Language != "en" {
		r.problems.Add(*row, "language", "people.language", "Ngôn ngữ là vi hoặc en, không phải %q.", "The language is vi or en, not %q.", row.Language)
	}
}

func (r *peopleReader) post(row *Row, field map[string]string) {
	if row.AgencyCode = field["agency_code"]; row.AgencyCode == "" {
		r.problems.Add(*row, "agency_code", "people.agency_missing", "Ghi mã đơn vị.", "Give the agency's code.")
	}
	role := strings.ToLower(field["role"])
	row.Role = policy.Role(role)
	if named, ok := roleNames[role]; ok {
		row.Role = named
	}
	if !slices.Contains(policy.Roles, row.Role) {
		codes := make([]string, len(policy.Roles))
		for i, known := range policy.Roles {
			codes[i] = string(known)
		}
		r.problems.Add(*row, "role", "people.role", "Không có vai trò %q; chọn một trong: %s.", "There is no role %q; choose one of: %s.", field["role"], strings.Join(codes, ", "))
	}
	row.ValidFrom = r.date(*row, "valid_from", field["valid_from"])
	row.ValidTo = r.date(*row, "valid_to", field["valid_to"])
	if !row.ValidFrom.IsZero() && !row.ValidTo.IsZero() && row.ValidTo.Before(row.ValidFrom) {
		r.problems.Add(*row, "valid_to", "people.span", "Ngày kết thúc %s trước ngày bắt đầu %s.", "The last day %s is before the first, %s.", row.ValidTo, row.ValidFrom)
	}
}

// date reads 2026-11-23 or, as spreadsheets in Viet Nam write it, 23/11/2026.
func (r *peopleReader) date(row Row, name, value string) calendar.Date {
	if value == "" {
		return calendar.Date{}
	}
	iso := value
	var day, month, year int
	if n, err := fmt.Sscanf(value, "%d/%d/%d", &day, &month, &year); err == nil && n == 3 {
		iso = fmt.Sprintf("%04d-%02d-%02d", year, month, day)
	}
	d, err := calendar.ParseDate(iso)
	if err != nil {
		r.problems.Add(row, name, "people.date", "%q không phải ngày; ghi 2026-11-23 hoặc 23/11/2026.", "%q is no day; write 2026-11-23 or 23/11/2026.", value)
	}
	return d
}

// acrossRows holds a person's lines against each other.
func (r *peopleReader) acrossRows(rows []Row) {
	first := map[string]*Row{}
	posts := map[string][]Row{}
	for i := range rows {
		row := &rows[i]
		if row.Email == "" {
			continue
		}
		known, seen := first[row.Email]
		if !seen {
			first[row.Email] = row
		} else {
			r.same(row, known, "name", &row.Name, known.Name)
			r.same(row, known, "phone", &row.Phone, known.Phone)
			r.same(row, known, "language", &row.Language, known.Language)
		}
		key := row.Email + "\x00" + row.AgencyCode + "\x00" + string(row.Role)
		for _, other := range posts[key] {
			if overlap(*row, other) {
				r.problems.Add(*row, "role", "people.post_twice", "Người này đã có cùng vai trò ở đơn vị này tại dòng %d, trùng thời gian.",
					"This person holds the same role at this agency on line %d, at the same time.", other.Line)
			}
		}
		posts[key] = append(posts[key], *row)
	}
}

func (r *peopleReader) same(row, known *Row, field string, value *string, first string) {
	if *value == "" {
		*value = first
	}
	if *value != first {
		r.problems.Add(*row, field, "people.differs", "Khác với dòng %d của cùng người.", "Differs from line %d about the same person.", known.Line)
	}
}

// overlap treats a missing day as open.
func overlap(a, b Row) bool {
	endsBefore := func(x, y Row) bool {
		return !x.ValidTo.IsZero() && !y.ValidFrom.IsZero() && x.ValidTo.Before(y.ValidFrom)
	}
	return !endsBefore(a, b) && !endsBefore(b, a)
}
