package plan

import (
	"fmt"
	"strings"
	"testing"

	"dondoc/internal/calendar"
)

// The words of issued documents, and how else a minimum is put.
func TestWhatWordsSay(t *testing.T) {
	tests := []struct {
		words     string
		want      string // cadence, "≥" and the number of times where it is a minimum
		recurring bool
	}{
		{"ít nhất một quí một lần", "quarterly≥1", true}, // An Thi 2018, line 25
		{"ít nhất một quý một lần", "quarterly≥1", true},
		{"Ít nhất mỗi quý 01 lần", "quarterly≥1", true},
		{"tối thiểu 02 lần/năm", "yearly≥2", true},
		{"tối thiểu 2 lần/06 tháng", "half_year≥2", true},
		{"mỗi tháng từ hai lần trở lên", "monthly≥2", true},
		{"ít nhất năm lần mỗi tuần", "weekly≥5", true},
		{"ít nhất năm lần một năm", "yearly≥5", true},
		{"không dưới ba lần trong 9 tháng", "nine_month≥3", true},
		{"ít nhất hằng quý", "quarterly≥0", true},
		{"thường xuyên, ít nhất", "continuous", false},
		{"quí", "quarterly", true},
		{"Hằng quí, năm", "quarterly", true},
		{"một quí một lần", "quarterly", true},
		{"06 tháng", "half_year", true},
		{"3 tháng một lần", "quarterly", true},
		{"12 tháng", "yearly", true},
		{"định kì", "", true},
		{"nhanh", "flash", false},
		{"khi được yêu cầu", "event", false},
		{"năm lần", "yearly", true}, // no minimum, no number: a person must look
		{"phối hợp", "", false},
	}
	for _, tt := range tests {
		all, recurring := says([]string{tt.words})
		var got []string
		for _, n := range all {
			if n.minimum {
				got = append(got, fmt.Sprintf("%s≥%d", n.cadence, n.times))
				continue
			}
			got = append(got, string(n.cadence))
		}
		if strings.Join(got, " ") != tt.want || recurring != tt.recurring {
			t.Errorf("%q says %q, recurring %v; want %q, %v", tt.words, got, recurring, tt.want, tt.recurring)
		}
	}
	least := named{calendar.Quarterly, true, 1}
	if s := (&calendar.Schedule{AtLeast: calendar.Frequency{Times: 1, Per: calendar.Monthly}}); least.names(calendar.AtLeast, s) || !least.names(calendar.Quarterly, s) || least.names(calendar.Monthly, s) {
		t.Error("a minimum per quarter was taken for one per month")
	}
}
