package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

type draftRow struct {
	contentRow
	Version     int       `db:"version"`
	SavedAt     time.Time `db:"saved_at"`
	SavedBy     int64     `db:"saved_by"`
	SavedByName string    `db:"saved_by_name"`
}

// readDraft reads a task's draft; a version of 0 says that there is none.
func readDraft(ctx context.Context, tx *sqlx.Tx, taskID int64, fields []task.Field) (task.Draft, error) {
	d := task.Draft{TaskID: taskID}
	var row draftRow
	err := tx.GetContext(ctx, &row, `
		SELECT d.kind, d.narrative, d.figures, d.explanations, d.document_number, d.document_on, d.signatory_title,
			d.version, d.saved_at, d.saved_by, u.name AS saved_by_name
		FROM task_drafts d JOIN users u ON u.id = d.saved_by WHERE d.task_id = $1`, taskID)
	if errors.Is(err, sql.ErrNoRows) {
		return d, nil
	}
	if err != nil {
		return d, fmt.Errorf("read draft: %w", err)
	}
	d.Version, d.SavedAt, d.SavedBy, d.SavedByName = row.Version, row.SavedAt.UTC(), row.SavedBy, row.SavedByName
	if d.Content, err = row.content(fields); err != nil {
		return d, fmt.Errorf("draft of task %d: %w", taskID, err)
	}
	return d, nil
}

// ownFields reads the fields of a task of the actor's own agency; to all others
// what is written there does not exist.
func (s *Store) ownFields(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, taskID int64) ([]task.Field, error) {
	var own struct {
		DutyID   int64 `db:"duty_id"`
		AgencyID int64 `db:"agency_id"`
	}
	err := tx.GetContext(ctx, &own, `SELECT duty_id, agency_id FROM tasks WHERE id = $1`, taskID)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !policy.WriteDraft(actor, policy.Task{AgencyID: own.AgencyID}) {
		return nil, notFound()
	}
	if err != nil {
		return nil, fmt.Errorf("read task: %w", err)
	}
	return fieldsOf(ctx, tx, own.DutyID)
}

// FindDraft gives a task's draft to the agency's own people. Faults: NotFound
// where there is none, or for anybody else.
func (s *Store) FindDraft(ctx context.Context, actor policy.Actor, taskID int64) (task.Draft, error) {
	var found task.Draft
	err := s.snapshot(ctx, func(tx *sqlx.Tx) error {
		fields, err := s.ownFields(ctx, tx, actor, taskID)
		if err != nil {
			return err
		}
		if found, err = readDraft(ctx, tx, taskID, fields); err == nil && found.Version == 0 {
			return notFound()
		}
		return err
	})
	return found, err
}

// SaveDraft saves what is being written over the version that the person had
// seen; over a newer one it is refused and says what differs. Saving the same
// again changes nothing. Drafts leave no trace in the audit trail: they are
// nobody's act yet, and are saved at every pause of typing.
func (s *Store) SaveDraft(ctx context.Context, actor policy.Actor, in task.DraftInput) (task.Draft, error) {
	in, err := in.Clean()
	if err != nil {
		return task.Draft{}, err
	}
	now, err := s.business.Now(ctx)
	if err != nil {
		return task.Draft{}, fmt.Errorf("business clock: %w", err)
	}
	var saved, present task.Draft
	var t lockedTask
	err = s.transact(ctx, func(tx *sqlx.Tx) error {
		var err error
		if t, err = s.lockForAct(ctx, tx, actor, in.TaskID, 0); err != nil {
			return err
		}
		if !policy.WriteDraft(actor, t.relation()) {
			return notFound()
		}
		if err := s.checkDraft(ctx, tx, t, in, now); err != nil {
			return err
		}
		if present, err = readDraft(ctx, tx, t.ID, nil); err != nil {
			return err
		}
		if present.Version != 0 && len(present.Content.Differences(in.Content)) == 0 {
			saved = present
			return nil
		}
		if present.Version != in.Version {
			return errDraftChanged
		}
		saved, err = writeDraft(ctx, tx, actor, in, now)
		return err
	})
	if errors.Is(err, errDraftChanged) {
		// Comparing long texts takes a while: the task is not held for it.
		err = draftChanged(t, present, in)
	}
	return saved, translate(err)
}

// errDraftChanged ends a save over a newer draft.
var errDraftChanged = errors.New("the draft has changed")

// checkWritable refuses to write at what is not owed now.
func (t lockedTask) checkWritable() error {
	switch {
	case t.ClosedAt.Valid:
		return roundClosed()
	case t.done(): // a correction is drafted as a result is
	case t.State == task.StateSubmitted:
		return alreadySubmitted(t)
	case t.State != task.StateOpen && t.State != task.StateReturned:
		return fault.New(fault.Conflict, "draft.not_owed",
			"Việc này đang ở trạng thái “%[1]s”, không soạn được lúc này.", "The task is %[2]s; nothing can be drafted now.", t.State.VI(), t.State)
	}
	return nil
}

func (s *Store) checkDraft(ctx context.Context, tx *sqlx.Tx, t lockedTask, in task.DraftInput, now time.Time) error {
	if err := t.checkWritable(); err != nil {
		return err
	}
	zone, err := calendar.Zone(t.TimeZone)
	if err != nil {
		return fmt.Errorf("plan zone: %w", err)
	}
	if err := task.CheckDocumentOn("document_on", in.DocumentOn, calendar.DateOf(now, zone)); err != nil {
		return err
	}
	rules, err := s.rulesOf(ctx, tx, t)
	if err != nil {
		return err
	}
	// A draft may hold what is no number yet, but nothing that nobody asks for.
	if f := fault.Of(rules.CheckDraft(in.Content)); f != nil {
		return fault.New(fault.Invalid, "draft.invalid",
			"Chưa lưu được. Có %d chỗ cần sửa.", "Not saved. %d places need mending.", len(f.Details)).With(f.Details...)
	}
	return nil
}

func writeDraft(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, in task.DraftInput, now time.Time) (task.Draft, error) {
	_, figures, err := encodeFigures(in.Figures)
	if err != nil {
		return task.Draft{}, err
	}
	explanations, err := encodeExplanations(in.Explanations)
	if err != nil {
		return task.Draft{}, err
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO task_drafts (task_id, kind, narrative, figures, document_number, document_on, signatory_title, saved_at, saved_by, explanations)
		VALUES ($1, $2, $3, $4, $5, NULLIF($6, '')::date, $7, $8, $9, $10)
		ON CONFLICT (task_id) DO UPDATE SET kind = EXCLUDED.kind, narrative = EXCLUDED.narrative, figures = EXCLUDED.figures, explanations = EXCLUDED.explanations,
			document_number = EXCLUDED.document_number, document_on = EXCLUDED.document_on, signatory_title = EXCLUDED.signatory_title,
			version = EXCLUDED.version, saved_at = EXCLUDED.saved_at, saved_by = EXCLUDED.saved_by`,
		in.TaskID, in.Kind, in.Narrative, figures, in.DocumentNumber, in.DocumentOn.String(), in.SignatoryTitle, now, actor.UserID, explanations); err != nil {
		return task.Draft{}, fmt.Errorf("save draft: %w", err)
	}
	return readDraft(ctx, tx, in.TaskID, nil)
}

// draftChanged tells who saved another version when, and field by field what differs.
func draftChanged(t lockedTask, present task.Draft, in task.DraftInput) error {
	if present.Version == 0 {
		return fault.New(fault.Conflict, "draft.gone",
			"Bản nháp đang sửa không còn: báo cáo đã được gửi hoặc trình từ bản ấy. Tải lại trang để xem diễn biến.",
			"The draft that is being edited is gone: it was submitted or prepared meanwhile. Reload to see what happened.")
	}
	at := present.SavedAt
	if zone, err := calendar.Zone(t.TimeZone); err == nil {
		at = at.In(zone)
	}
	fields := present.Content.Differences(in.Content)
	f := fault.New(fault.Conflict, "draft.changed",
		"%s đã lưu bản nháp này lúc %s. Khác bản đang sửa ở %d chỗ; xem rồi lưu lại.",
		"%s saved this draft at %s. It differs from yours in %d places; look at them and save again.",
		present.SavedByName, at.Format("15:04 02/01/2006"), len(fields))
	stored := map[string]string{
		"kind": string(present.Kind), "document_number": present.DocumentNumber,
		"document_on": present.DocumentOn.VN(), "signatory_title": present.SignatoryTitle,
	}
	if present.DocumentOn.IsZero() {
		stored["document_on"] = ""
	}
	for _, figure := range present.Figures {
		stored["figures."+figure.Indicator] = figure.Value
	}
	for _, e := range present.Explanations {
		stored["explanations."+e.Indicator] = e.Text
	}
	for _, field := range fields {
		detail := fault.New(fault.Conflict, "draft.differs", "Bản đã lưu ghi “%s”.", "The saved draft says “%s”.", stored[field])
		if field == "narrative" {
			removed, added := 0, 0
			for _, piece := range task.DiffWords(present.Narrative, in.Narrative) {
				switch piece.Change {
				case task.Removed:
					removed += len(piece.Words())
				case task.Added:
					added += len(piece.Words())
				}
			}
			detail = fault.New(fault.Conflict, "draft.differs",
				"Bản đang sửa thêm %d chữ, bớt %d chữ so với bản đã lưu.", "Yours adds %d words to the saved draft and leaves out %d.", added, removed)
		}
		f = f.With(detail.At(field))
	}
	return f
}
