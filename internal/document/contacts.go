package document

import (
	"strconv"
	"strings"
	"time"

	"dondoc/internal/paper"
	"dondoc/internal/sheet"
)

// Contact is one agency's line in the list of focal points (danh sách đầu mối).
// People are told by name and post only, as their accounts bear them; the rest is
// the agency's own.
type Contact struct {
	Agency         string
	People         []string
	Mailbox, Phone string
}

// Contacts is the list over the agencies of a plan.
type Contacts struct {
	Letterhead paper.Letterhead
	PlanTitle  string
	Contacts   []Contact
	At         time.Time
	Zone       *time.Location
}

// Table has a line for each agency.
func (c Contacts) Table(language string) sheet.Table {
	table := sheet.Table{Name: "Đầu mối", Heading: []string{"Đơn vị", "Chức vụ, đầu mối", "Hộp thư công vụ", "Điện thoại cơ quan"}}
	if language == "en" {
		table.Name, table.Heading = "Focal points", []string{"Agency", "Posts, focal points", "Official mailbox", "Telephone"}
	}
	for _, of := range c.Contacts {
		table.Lines = append(table.Lines, []sheet.Cell{sheet.Text(of.Agency), sheet.Text(strings.Join(of.People, "; ")), sheet.Text(of.Mailbox), sheet.Text(of.Phone)})
	}
	return table
}

// Paper lays the list out.
func (c Contacts) Paper() paper.Document {
	lines := make([]paper.Line, len(c.Contacts))
	for i, of := range c.Contacts {
		people := strings.Join(of.People, "\n")
		if people == "" {
			people = "Chưa có đầu mối"
		}
		lines[i] = paper.Line{Texts: []string{strconv.Itoa(i + 1), of.Agency, people, of.Mailbox, of.Phone}}
	}
	table := paper.Grid(paper.Section{Landscape: true}.Width(), []paper.Column{
		{Title: "TT", Share: 10, Align: paper.Centred}, {Title: "Đơn vị", Share: 70, Align: paper.Left}, {Title: "Chức vụ, đầu mối", Share: 72, Align: paper.Left},
		{Title: "Hộp thư công vụ", Share: 60, Align: paper.Left}, {Title: "Điện thoại cơ quan", Share: 35, Align: paper.Left},
	}, lines)
	return annexAlone(c.Letterhead, "Danh sách", "Đầu mối theo dõi, báo cáo", c.At, c.Zone, []paper.Block{
		italic("(" + quoted(c.PlanTitle) + "; đến " + moment(c.At, c.Zone) + ")"), table,
	})
}
