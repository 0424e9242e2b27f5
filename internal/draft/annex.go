package draft

import (
	"regexp"
	"slices"
	"strings"
)

// column is what a column of a table of tasks holds.
type column int

const (
	otherColumn column = iota
	numberColumn
	textColumn
	leadColumn
	coordinatingColumn
	dueColumn
	productColumn
)

// columnsOf reads the head of a table; nil where it is no table of tasks.
func columnsOf(cells []string) []column {
	out := make([]column, len(cells))
	seen := map[column]bool{}
	for i, cell := range cells {
		folded := squeeze(fold(cell))
		c := otherColumn
		switch {
		case folded == "tt" || folded == "stt" || folded == "số tt" || folded == "số thứ tự":
			c = numberColumn
		case has(folded, "chủ trì", "thực hiện chính", "đầu mối") && has(folded, "cơ quan", "đơn vị", "chủ trì", "địa phương"), folded == "cơ quan thực hiện", folded == "đơn vị thực hiện", folded == "trách nhiệm thực hiện", folded == "phân công thực hiện":
			c = leadColumn
		case has(folded, "phối hợp"):
			c = coordinatingColumn
		case has(folded, "thời hạn", "thời gian", "hoàn thành", "tiến độ", "lộ trình"):
			c = dueColumn
		case has(folded, "sản phẩm", "kết quả"):
			c = productColumn
		case has(folded, "nhiệm vụ", "nội dung", "công việc", "giải pháp", "hoạt động", "tên đề án"):
			c = textColumn
		}
		if seen[c] && c != otherColumn {
			c = otherColumn
		}
		seen[c] = true
		out[i] = c
	}
	if !seen[textColumn] || !seen[leadColumn] && !seen[dueColumn] {
		return nil
	}
	return out
}

// groupNumber marks rows that head others.
var groupNumber = regexp.MustCompile(`^(?:[IVX]+|[A-Z])\.?$`)

// annexReader takes the rows of a document's tables.
type annexReader struct {
	table   int
	columns []column
	group   string
	tasks   []AnnexTask
}

// row takes one row; false where the table is none of tasks.
func (a *annexReader) row(cells []string, table, line int) bool {
	if table != a.table {
		a.table, a.columns, a.group = table, nil, ""
	}
	if columns := columnsOf(cells); columns != nil {
		a.columns = columns // the head again on another page says the same
		return true
	}
	if a.columns == nil {
		return false
	}
	at := func(c column) string {
		for i, have := range a.columns {
			if have == c && i < len(cells) {
				return strings.TrimSpace(cells[i])
			}
		}
		return ""
	}
	number, text := strings.TrimRight(at(numberColumn), ". "), squeeze(at(textColumn))
	if filled := nonEmpty(cells); text == "" && len(filled) <= 2 && len(filled) > 0 && (len(filled) == 1 || groupNumber.MatchString(number)) {
		text = filled[len(filled)-1]
	}
	leads := listed(at(leadColumn))
	switch {
	case text == "" && len(leads) == 0:
		return true
	case numbersOnly(cells):
		return true // the row that numbers the columns
	case len(leads) == 0 && at(dueColumn) == "" && at(coordinatingColumn) == "" && at(productColumn) == "":
		a.group = text
		return true
	}
	task := AnnexTask{
		Number: number, Group: a.group, Text: text, Lead: leads, Coordinating: listed(at(coordinatingColumn)),
		Due: Written(squeeze(at(dueColumn))), Product: Written(squeeze(at(productColumn))), Mark: Mark{line, 0.97, "table"},
	}
	task.DueOn, task.Cadences = cellDue(string(task.Due))
	a.tasks = append(a.tasks, task)
	return true
}

func nonEmpty(cells []string) []string {
	var out []string
	for _, c := range cells {
		if c = squeeze(c); c != "" {
			out = append(out, c)
		}
	}
	return out
}

var columnNumber = regexp.MustCompile(`^\(?\d{1,2}\)?$`)

func numbersOnly(cells []string) bool {
	for _, c := range nonEmpty(cells) {
		if !columnNumber.MatchString(c) {
			return false
		}
	}
	return true
}

// listed parts a cell of agencies: lines, semicolons and commas part names; what is no name stays as it is written.
func listed(cell string) []string {
	out := []string{}
	for _, line := range strings.FieldsFunc(cell, func(r rune) bool { return r == '\n' || r == ';' }) {
		line = strings.TrimSpace(strings.TrimLeft(line, "-–+• "))
		line = strings.TrimRight(line, "., ")
		if line == "" {
			continue
		}
		line, _, _ = address(line)
		found := namesIn(line, true)
		if rest := strings.TrimSpace(line[found.end:]); len(found.list) > 0 && rest == "" {
			out = append(out, found.list...)
			continue
		}
		out = append(out, line)
	}
	return out
}

var (
	bareQuarter = regexp.MustCompile(`^(?:trong )?qu[ýí] (i{1,3}|iv|[1-4])\s*(?:/|-|,? năm )\s*(20\d{2})$`)
	bareMonth   = regexp.MustCompile(`^(?:trong )?tháng (\d{1,2})\s*(?:/|-|,? năm )\s*(20\d{2})$`)
	bareDay     = regexp.MustCompile(`^(?:trước |đến |chậm nhất )?(?:ngày )?(\d{1,2})[/.](\d{1,2})[/.](20\d{2})$`)
	bareYear    = regexp.MustCompile(`^(?:trong |đến |hết |đến hết )?(?:năm )?(20\d{2})$`)
	bareYears   = regexp.MustCompile(`^(?:giai đoạn |từ )?(?:năm )?20\d{2}\s*(?:-|–|đến)\s*(?:năm )?(20\d{2})$`)
	everyYear   = regexp.MustCompile(`^(?:trong |vào )?(tháng|quý|quí) (i{1,3}|iv|\d{1,2}) (?:hàng|hằng) năm$`)
	bareShort   = regexp.MustCompile(`^(\d{1,2})/(20\d{2})$`)
)

// cellDue reads a cell that says nothing but when.
func cellDue(cell string) (on Written, cadences []string) {
	folded := strings.Trim(squeeze(fold(cell)), ". ")
	cadences = []string{}
	switch {
	case folded == "":
		return "", cadences
	case bareQuarter.MatchString(folded):
		m := bareQuarter.FindStringSubmatch(folded)
		return Written(quarterEnd(m[1], m[2])), []string{Once}
	case bareMonth.MatchString(folded):
		m := bareMonth.FindStringSubmatch(folded)
		return Written(monthEnd(m[1], m[2])), []string{Once}
	case bareShort.MatchString(folded):
		m := bareShort.FindStringSubmatch(folded)
		return Written(monthEnd(m[1], m[2])), []string{Once}
	case bareDay.MatchString(folded):
		m := bareDay.FindStringSubmatch(folded)
		return Written(isoOf(m[1], m[2], m[3])), []string{Once}
	case bareYears.MatchString(folded):
		return Written(bareYears.FindStringSubmatch(folded)[1] + "-12-31"), []string{Once}
	case bareYear.MatchString(folded):
		return Written(bareYear.FindStringSubmatch(folded)[1] + "-12-31"), []string{Once}
	}
	cadences = cadencesIn("báo cáo định kỳ " + cell)
	if !has(folded, "định kỳ") {
		cadences = slices.DeleteFunc(cadences, func(c string) bool { return c == Unspecified })
	}
	if m := everyYear.FindStringSubmatch(folded); m != nil {
		end := monthEnd(m[2], "2025")
		if m[1] != "tháng" {
			end = quarterEnd(m[2], "2025")
		}
		if end != "" {
			return Written("--" + end[len("2025-"):]), []string{Yearly}
		}
	}
	for _, d := range duesIn(cell) {
		switch {
		case d.on != "":
			on = Written(d.on)
			if len(cadences) == 0 {
				cadences = []string{Once}
			}
		case d.part != "" && on == "" && slices.ContainsFunc(cadences, scheduled):
			on = Written(d.part)
		}
	}
	if cadences == nil {
		cadences = []string{}
	}
	return on, cadences
}
