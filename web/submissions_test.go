package web

import (
	"testing"
	"time"

	"dondoc/internal/task"
)

func TestVersionsTellHowTheyCameAndWhatBecameOfThem(t *testing.T) {
	f := sample()
	d := f.details[11]
	d.Submissions = append([]task.Submission{
		{Number: 3, Kind: task.Report, Narrative: "Bản rút lại.", SubmittedAt: at("2026-06-12 09:00"), SubmittedByName: "Đầu mối", WithdrawnAt: new(at("2026-06-12 10:00"))},
		{Number: 2, Kind: task.Report, Narrative: "Bản giấy.", SubmittedAt: at("2026-06-09 08:00"), SubmittedByName: "Người theo dõi", WithdrawnAt: new(at("2026-06-09 12:00")),
			PreparedByName: "Văn thư", Recorded: &task.Recorded{At: at("2026-06-09 11:00"), OnBehalfOfName: "UBND xã"}},
	}, d.Submissions...)
	f.details[11] = d
	page := newSite(t, f).as("commune").get("/viec/11")
	page.shows(t, "đã rút lại lúc 12/06/2026, 10:00, không tính", "Văn thư soạn", "ghi nhận thay UBND xã lúc 09/06/2026, 11:00")
	// What was returned is still quoted, although a later version was taken back.
	reason := d.Newest().Review.Reason
	if reason == "" {
		t.Fatal("the sample's task was returned without a reason")
	}
	page.shows(t, reason)
}

func TestWhatWaitsForTheHeadIsNotCalledSent(t *testing.T) {
	f := sample()
	d := f.details[12]
	d.Task.State, d.Task.SubmittedAt = task.StatePrepared, (*time.Time)(nil)
	f.details[12] = d
	page := newSite(t, f).as("commune").get("/viec/12?da=gui")
	page.shows(t, "Đã trình thủ trưởng duyệt.")
	page.lacks(t, "Đã ghi nhận")
}
