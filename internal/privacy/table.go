package privacy

import (
	"regexp"
	"strings"
)

var (
	// cellBreaks part the cells of a row; the first one that a row has counts.
	cellBreaks = []*regexp.Regexp{
		regexp.MustCompile(`\t`), regexp.MustCompile(`\|`), regexp.MustCompile(`;`), regexp.MustCompile(` {2,}`), regexp.MustCompile(`,`),
	}

	// headsAny is in every such heading: most texts have none.
	headsAny      = regexp.MustCompile(`(?i)tên|CMND|CCCD|căn cước|chứng minh|định danh|hộ chiếu|thường trú|tạm trú|nơi (?:ở|cư trú)|chỗ ở|quê quán|hộ khẩu|địa chỉ`)
	headsName     = regexp.MustCompile(`(?i)(?:^|\W)(?:họ,? (?:và |đệm và )?tên|họ & tên|tên (?:đối tượng|người|công dân|học viên|học sinh|nạn nhân|bệnh nhân|chủ hộ))`)
	headsIdentity = regexp.MustCompile(`(?i)CMND|CCCD|căn cước|chứng minh (?:nhân dân|thư)|định danh cá nhân|số định danh|hộ chiếu`)
	headsHome     = regexp.MustCompile(`(?i)thường trú|tạm trú|nơi (?:ở|cư trú)|chỗ ở|quê quán|hộ khẩu`)
	headsAddress  = regexp.MustCompile(`(?i)địa chỉ`)
	headsPerson   = regexp.MustCompile(`(?i)năm sinh|ngày(?:,? tháng,? năm)? sinh|giới tính|dân tộc|nghề nghiệp|số điện thoại`)
	// An office has an address that anybody may know.
	headsOffice = regexp.MustCompile(`(?i)đơn vị|cơ quan|cơ sở|doanh nghiệp|trường|trụ sở|xã|phường|địa bàn|công ty|điểm`)
	// sums are counts about persons, not persons: "Số người có CCCD".
	sums = regexp.MustCompile(`(?i)^\W*(?:tổng )?(?:số (?:người|lượt|lượng|trường hợp|hồ sơ|thẻ)|tỷ lệ|tổng số)`)
)

// leastRows is from how many rows on a table is a list of persons.
const leastRows = 2

// personTables finds tables headed with names, identity numbers or addresses of persons.
func personTables(text string) []int {
	if !headsAny.MatchString(text) {
		return nil
	}
	var at []int
	lines := strings.Split(text, "\n")
	offset := 0
	for i, line := range lines {
		if cells := cellsOf(line); len(cells) > 1 && headsPersons(cells) && rowsBelow(lines[i+1:], len(cells), prose(line)) >= leastRows {
			at = append(at, offset+len(line)-len(strings.TrimLeft(line, " \t|")))
		}
		offset += len(line) + 1
	}
	return at
}

// longestHead bounds a column's heading: longer cells are sentences.
const longestHead = 60

func headsPersons(cells []string) bool {
	var name, identity, home, address, person, office bool
	for _, cell := range cells {
		if len([]rune(cell)) > longestHead {
			return false
		}
		if sums.MatchString(cell) {
			continue
		}
		name = name || headsName.MatchString(cell)
		identity = identity || headsIdentity.MatchString(cell)
		home = home || headsHome.MatchString(cell)
		address = address || headsAddress.MatchString(cell)
		person = person || headsPerson.MatchString(cell)
		office = office || headsOffice.MatchString(cell)
	}
	return name || identity || home || address && (person || !office)
}

// prose: only commas part the cells, as they part words.
func prose(line string) bool {
	return !strings.ContainsAny(line, "\t|;") && !strings.Contains(line, "  ")
}

// rowsBelow counts the rows that follow a heading of so many cells; blank lines
// and rulers do not end a table. Between commas every row must have as many cells
// as the heading: sentences do not.
func rowsBelow(lines []string, columns int, strict bool) int {
	rows := 0
	for _, line := range lines {
		cells := len(cellsOf(line))
		switch {
		case strings.Trim(line, " \t|-+=:\r") == "":
		case cells > 1 && (!strict || cells == columns):
			rows++
		default:
			return rows
		}
		if rows >= leastRows {
			break
		}
	}
	return rows
}

func cellsOf(line string) []string {
	line = strings.Trim(line, " \r")
	var cells []string
	for _, separator := range cellBreaks {
		cells = nil
		for _, cell := range separator.Split(line, -1) {
			if cell = strings.Trim(cell, " \"\r\t"); cell != "" {
				cells = append(cells, cell)
			}
		}
		if len(cells) > 1 {
			break
		}
	}
	return cells
}
