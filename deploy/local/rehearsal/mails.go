package rehearsal

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/notice/mailbox"
)

// Mailroom is where mails arrived.
type Mailroom interface {
	Messages() ([]mailbox.Message, error)
	Find(messageID string) (mailbox.Mail, error)
}

// headings are what the sections of a Vietnamese mail are called, by kind of
// notice, with what the due time is called there; "": it is not named.
var headings = map[string][2]string{
	"returned":        {"Báo cáo bị trả lại, cần bổ sung và gửi lại", "Hạn gửi lại"},
	"overdue":         {"Việc quá hạn, cần gửi ngay", "Hạn gửi"},
	"due_today":       {"Đến hạn hôm nay", "Hạn gửi"},
	"reminder":        {"Sắp đến hạn", "Hạn gửi"},
	"opening":         {"Việc mới mở", "Hạn gửi"},
	"review_overdue":  {"Báo cáo đã gửi, quá thời gian xác nhận", ""},
	"submitted":       {"Báo cáo đã gửi, chờ xác nhận", ""},
	"review_reminder": {"Báo cáo đã gửi, chờ xác nhận", ""},
	"urging_draft":    {"Cần đôn đốc: đã có dự thảo văn bản đôn đốc trong hệ thống", "Hạn gửi"},
	"escalation":      {"Báo cáo cấp trên: việc quá hạn kéo dài", "Hạn gửi"},
}

// listed is how many tasks a section names; of the rest it says how many.
const listed = 20

// Letters holds the received mails against the messages on record and against
// what each of them has to say. It returns what differs, and how many mails
// came more than once.
func (e *Expected) Letters(ctx context.Context, db *sqlx.DB, room Mailroom) (differences []string, repeated int, err error) {
	var rows []struct {
		ID      string    `db:"message_id"`
		Address string    `db:"address"`
		At      time.Time `db:"handed_over_at"`
	}
	if err := db.SelectContext(ctx, &rows, `SELECT message_id, address, handed_over_at FROM messages WHERE state = 'sent'`); err != nil {
		return nil, 0, fmt.Errorf("read messages: %w", err)
	}
	received, err := room.Messages()
	if err != nil {
		return nil, 0, fmt.Errorf("read mails: %w", err)
	}
	mails := map[string]mailbox.Message{}
	for _, m := range received {
		mails[m.MessageID] = m
		if m.Copies > 1 {
			repeated++
		}
	}
	expected := map[string]*expectedMessage{}
	for _, m := range e.messages {
		expected[m.recipient+" "+clockText(m.at)] = m
	}
	letters := map[string]*letter{}
	for _, row := range rows {
		key := row.Address + " " + clockText(row.At)
		if _, there := mails[row.ID]; !there {
			differences = append(differences, fmt.Sprintf("%s %s is on record as sent and was not received", key, row.ID))
			continue
		}
		delete(mails, row.ID)
		m := expected[key]
		if m == nil {
			continue // told by the comparison with the database
		}
		mail, err := room.Find(row.ID)
		if err != nil {
			return nil, 0, fmt.Errorf("read mail %s: %w", row.ID, err)
		}
		if !strings.Contains(mail.To, row.Address) || !mail.Date.Equal(row.At) {
			differences = append(differences, fmt.Sprintf("%s: the mail goes to %s and is dated %s", key, mail.To, clockText(mail.Date)))
		}
		if letters[key] == nil {
			letters[key] = &letter{named: map[string][]string{}, more: map[string]int{}}
		}
		letters[key].read(mail.Text)
	}
	for key, l := range letters {
		for _, d := range l.differences(e.letter(expected[key])) {
			differences = append(differences, key+": "+d)
		}
	}
	for id, m := range mails {
		differences = append(differences, fmt.Sprintf("%s to %s was received and is not on record as sent", id, m.To))
	}
	slices.Sort(differences)
	return differences, repeated, nil
}

// letter is what the mail of one moment says: by section the tasks it names,
// and how many more.
type letter struct {
	named      map[string][]string
	more       map[string]int
	figures    string
	indiscreet bool
}

// differences compares a mail with what it has to say.
func (got *letter) differences(want letter) []string {
	var differences []string
	if want.figures != got.figures {
		differences = append(differences, fmt.Sprintf("weekly figures %q, not %q", got.figures, want.figures))
	}
	for section, lines := range want.named {
		n := len(lines)
		missing, extra := subtract(lines, got.named[section])
		if n > listed {
			if len(got.named[section]) != listed || got.more[section] != n-listed {
				differences = append(differences, fmt.Sprintf("%q names %d and %d more of %d", section, len(got.named[section]), got.more[section], n))
			}
			missing = nil
		}
		for _, line := range missing {
			differences = append(differences, fmt.Sprintf("%q does not name %q", section, line))
		}
		for _, line := range extra {
			differences = append(differences, fmt.Sprintf("%q names %q", section, line))
		}
	}
	for section := range got.named {
		if _, wanted := want.named[section]; !wanted {
			differences = append(differences, fmt.Sprintf("has a section %q", section))
		}
	}
	if got.indiscreet {
		differences = append(differences, "tells something of the content")
	}
	return differences
}

// letter is what a message has to say.
func (e *Expected) letter(m *expectedMessage) letter {
	l := letter{named: map[string][]string{}, more: map[string]int{}}
	for _, n := range m.sent() {
		if n.summary != nil {
			d := dayOf(m.at).String()
			l.figures = fmt.Sprintf("%s/%s/%s open %d soon %d overdue %d waiting %d", d[8:], d[5:7], d[:4],
				n.summary.open, n.summary.soon, n.summary.overdue, n.summary.waiting)
			continue
		}
		h := headings[n.kind]
		line := n.task.duty.code + " · " + label(n.task.key) + " · " + e.province.agencies[n.task.owner].name
		if h[1] != "" {
			now, _ := n.task.asOf(m.at)
			due := dayOf(now.due) - 1
			line += fmt.Sprintf(" | %s: hết ngày %s", h[1], vietnamese(due))
			if m.at.After(now.due) {
				line += fmt.Sprintf(", quá hạn %d ngày", dayOf(m.at)-due)
			}
		}
		if !slices.Contains(l.named[h[0]], line) {
			l.named[h[0]] = append(l.named[h[0]], line)
		}
	}
	return l
}

// read takes in what a mail's text says.
func (l *letter) read(text string) {
	l.indiscreet = l.indiscreet || strings.Contains(text, narrative) || strings.Contains(text, reason)
	section, figures := "", []string{}
	known := map[string]string{}
	for _, h := range headings {
		known[h[0]] = h[1]
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		_, heading := known[line]
		switch {
		case heading:
			section = line
		case strings.HasPrefix(line, "Tổng hợp tuần, ngày "):
			section, figures = "", []string{strings.TrimPrefix(line, "Tổng hợp tuần, ngày ")}
		case strings.HasPrefix(line, "- ") && section == "" && len(figures) > 0:
			name, count, _ := strings.Cut(strings.TrimPrefix(line, "- "), ": ")
			figures = append(figures, figureNames[name]+" "+count)
		case strings.HasPrefix(line, "- ") && line != "-- ":
			l.named[section] = append(l.named[section], strings.TrimPrefix(line, "- "))
		case section != "" && known[section] != "" && strings.HasPrefix(line, "  "+known[section]):
			last := len(l.named[section]) - 1
			l.named[section][last] += " | " + strings.TrimSpace(line)
		case strings.HasPrefix(line, "… và "):
			n := 0
			if _, err := fmt.Sscanf(line, "… và %d việc khác", &n); err == nil {
				l.more[section] = n
			}
		}
	}
	if len(figures) > 0 {
		l.figures = strings.Join(figures, " ")
	}
}

var figureNames = map[string]string{
	"Việc đang mở": "open", "Đến hạn trong 7 ngày tới": "soon", "Quá hạn": "overdue", "Báo cáo chờ xác nhận": "waiting",
}

// vietnamese writes a day as documents do: 19/01/2026.
func vietnamese(d day) string {
	s := d.String()
	return s[8:] + "/" + s[5:7] + "/" + s[:4]
}

// label names a period for people.
func label(key string) string {
	year, rest, parted := strings.Cut(key, "-")
	switch {
	case !parted:
		return "Năm " + year
	case rest == "H1":
		return "6 tháng đầu năm " + year
	case rest == "N9":
		return "9 tháng năm " + year
	case rest[0] == 'M':
		return "Tháng " + rest[1:] + "/" + year
	default:
		return "Quý " + map[string]string{"Q1": "I", "Q2": "II", "Q3": "III", "Q4": "IV"}[rest] + "/" + year
	}
}
