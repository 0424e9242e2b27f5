package plan

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"dondoc/internal/calendar"
)

var unitColumns = []string{"code", "name", "level", "parent_code", "short_name", "official_id", "mailbox", "phone", "valid_from", "valid_to"}

// unitRow is a row of a unit list with the place of each of its fields.
type unitRow struct {
	fields map[string]string
	places map[string]place
}

func (r *reader) readUnits(v view) {
	for _, item := range v.items("units") {
		u := view{r, item, v.at("units")}
		file, at, path := clean(item.Value), item, u.path
		if item.Kind == yaml.MappingNode {
			file, at, path = u.text("file"), u.node("file"), u.at("file")
		}
		if file == "" {
			continue
		}
		if content, ok := r.fetch(at, path, file); ok {
			r.units(u, file, content)
		}
	}
}

// units turns the rows of one list into agencies.
func (r *reader) units(u view, file string, content []byte) {
	rows, whole := r.unitRows(file, content)
	if !whole {
		return
	}
	levels := map[string]view{}
	u.view("levels").each(func(level string, _ *yaml.Node, value view) { levels[level] = value })
	aliases := map[string][]string{}
	all := u.view("aliases")
	all.each(func(code string, key *yaml.Node, _ view) {
		aliases[code] = all.texts(key.Value)
		if !slices.ContainsFunc(rows, func(w unitRow) bool { return w.fields["code"] == code }) {
			r.fail(key, all.at(code), "unit.unknown", "%q không có dòng nào mã %q", "%q has no row with the code %q", file, clip(code))
		}
	})
	u.view("levels").each(func(level string, key *yaml.Node, _ view) {
		if !slices.ContainsFunc(rows, func(w unitRow) bool { return w.fields["level"] == level }) {
			r.warn(key, u.at("levels"), "unit.level", "%q không có đơn vị nào thuộc cấp %q", "%q has no unit of level %q", file, clip(level))
		}
	})

	// First the codes, because a row may come before the one that it hangs from.
	agencyOf := map[string]string{}
	rowPlaces := index{}
	var kept []unitRow
	for _, w := range rows {
		code := w.fields["code"]
		if !r.uniqueAt(rowPlaces, code, w.places["code"], "code", "đơn vị", "unit") {
			continue
		}
		kept = append(kept, w)
		rule := levels[w.fields["level"]]
		if same := rule.text("same_as"); same != "" {
			if r.known(r.agencies, rule.node("same_as"), rule.at("same_as"), same, nounAgency) {
				agencyOf[code] = same
			}
			continue
		}
		agencyOf[code] = fill(rule.text("code"), "{code}", code, w.fields["name"])
	}
	for _, w := range kept {
		r.unit(w, levels[w.fields["level"]], agencyOf, aliases)
	}
}

func (r *reader) unit(w unitRow, rule view, agencyOf map[string]string, aliases map[string][]string) {
	rowCode := w.fields["code"]
	code, ok := agencyOf[rowCode]
	if !ok || rule.text("same_as") != "" {
		return
	}
	if !lexicals[kindCode].pattern.MatchString(code) {
		r.report(SeverityError, w.places["code"], "code", "value.form", "mã %[1]q không đúng dạng: %[2]s", "the code %[1]q has the wrong form: %[3]s", clip(code), lexicals[kindCode].vi, lexicals[kindCode].en)
		return
	}
	if !r.uniqueAt(r.agencies, code, w.places["code"], "code", nounAgency.vi, nounAgency.en) {
		return
	}
	a := Agency{
		Code: code, Name: fill(rule.text("name"), "{name}", rowCode, w.fields["name"]),
		Level:     w.fields["level"],
		ShortName: w.fields["short_name"], OfficialID: w.fields["official_id"],
		Mailbox: w.fields["mailbox"], Phone: w.fields["phone"], Aliases: aliases[rowCode],
	}
	if level := rule.text("level"); level != "" {
		a.Level = level
	}
	if a.Name != w.fields["name"] {
		// Documents call the office by the unit's bare name too.
		a.Aliases = append([]string{w.fields["name"]}, a.Aliases...)
	}
	parentAt := w.places["parent_code"]
	switch {
	case rule.text("parent") != "":
		a.Parent, parentAt = rule.text("parent"), r.at(rule.node("parent"))
	case w.fields["parent_code"] != "":
		a.Parent = w.fields["parent_code"]
		if mapped, ok := agencyOf[a.Parent]; ok {
			a.Parent = mapped
		}
	}
	a.ValidFrom = r.unitDate(w, "valid_from")
	a.ValidTo = r.unitDate(w, "valid_to")
	r.tree.add(a, parentAt, "parent_code")
}

// unitDate reads an optional date of a row.
func (r *reader) unitDate(w unitRow, column string) calendar.Date {
	d, err := calendar.ParseDate(w.fields[column])
	if err != nil && w.fields[column] != "" {
		r.report(SeverityError, w.places[column], column, "value.form", "%[1]q không đúng dạng: %[2]s", "%[1]q has the wrong form: %[3]s", clip(w.fields[column]), lexicals[kindDate].vi, lexicals[kindDate].en)
	}
	if err != nil {
		return calendar.Date{}
	}
	return d
}

// fill puts a row's code and name into a template.
func fill(template, otherwise, code, name string) string {
	if template == "" {
		template = otherwise
	}
	return strings.NewReplacer("{code}", code, "{name}", name, "{name_lower}", lowerFirst(name)).Replace(template)
}

func lowerFirst(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToLower(first)) + s[size:]
}

// unitRows reads the CSV and records what is wrong with it; whole is unset where
// the rest of the file could not be read.
func (r *reader) unitRows(file string, content []byte) (rows []unitRow, whole bool) {
	if line, column := invalidUTF8(content); line > 0 {
		r.report(SeverityError, place{file, line, column}, "", "file.encoding", "ký tự không hợp lệ: hãy lưu tệp bằng bảng mã UTF-8", "invalid character: save the file as UTF-8")
		return nil, false
	}
	if !r.plain(file, content) {
		return nil, false
	}
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	source := strings.Split(string(content), "\n")
	in := csv.NewReader(bytes.NewReader(content))
	in.FieldsPerRecord = -1
	var header []string
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var wrong *csv.ParseError
		if errors.As(err, &wrong) {
			r.report(SeverityError, place{file, wrong.Line, runeColumn(source, wrong.Line, wrong.Column)}, "", "csv.syntax", "không đọc được dòng CSV (%v); kiểm tra dấu ngoặc kép", "this is no CSV row (%v); check its quotes", wrong.Err)
			return nil, false
		}
		if err != nil {
			return nil, false
		}
		at := func(i int) place {
			line, column := in.FieldPos(i)
			return place{file, line, runeColumn(source, line, column)}
		}
		if header == nil {
			if header = r.unitHeader(record, at); header == nil {
				return nil, false
			}
			continue
		}
		if len(record) != len(header) {
			r.report(SeverityError, at(0), "", "csv.columns", "dòng có %d cột, dòng đầu có %d; thêm hoặc bỏ dấu phẩy", "the row has %d columns, the heading %d; add or take out a comma", len(record), len(header))
			continue
		}
		w := unitRow{fields: map[string]string{}, places: map[string]place{}}
		for i, name := range header {
			w.fields[name], w.places[name] = clean(record[i]), at(i)
		}
		named := true
		for _, name := range []string{"code", "name", "level"} {
			if w.fields[name] == "" {
				named = false
				r.report(SeverityError, w.places[name], name, "value.missing", "thiếu %s", "%s is missing", name)
			}
		}
		if named {
			rows = append(rows, w)
		}
	}
	if header == nil {
		r.report(SeverityError, place{file, 1, 1}, "", "file.empty", "tệp không có nội dung; dòng đầu cần là code,name,level,parent_code", "the file is empty; its first line is code,name,level,parent_code")
	}
	return rows, header != nil
}

// maxUnitColumns is far more than there are: where each of very many stands is
// not looked up.
const maxUnitColumns = 50

func (r *reader) unitHeader(record []string, at func(int) place) []string {
	if len(record) > maxUnitColumns {
		r.report(SeverityError, at(0), "", "csv.columns", "dòng đầu có %d cột, nhiều nhất %d; kiểm tra dấu phẩy", "the heading has %d columns, at most %d; check its commas", len(record), maxUnitColumns)
		return nil
	}
	header := make([]string, len(record))
	sound := true
	seen := map[string]bool{}
	for i, name := range record {
		name = clean(name)
		header[i] = name
		switch {
		case !slices.Contains(unitColumns, name):
			sound = false
			r.report(SeverityError, at(i), "", "csv.column", "không có cột %q%[2]s; các cột: %[4]s", "there is no column %q%[3]s; the columns are: %[4]s", clip(name), meantVI(nearest(name, unitColumns)), meantEN(nearest(name, unitColumns)), strings.Join(unitColumns, ", "))
		case seen[name]:
			sound = false
			r.report(SeverityError, at(i), "", "csv.column", "cột %q có hai lần", "the column %q is there twice", name)
		}
		seen[name] = true
	}
	for _, name := range unitColumns[:3] {
		if !seen[name] {
			sound = false
			r.report(SeverityError, at(0), "", "csv.column", "thiếu cột %q", "the column %q is missing", name)
		}
	}
	if !sound {
		return nil
	}
	return header
}

// runeColumn turns the CSV reader's byte column into one of characters.
func runeColumn(source []string, line, column int) int {
	if line < 1 || line > len(source) || column < 1 || column > len(source[line-1])+1 {
		return max(column, 1)
	}
	return utf8.RuneCountInString(source[line-1][:column-1]) + 1
}
