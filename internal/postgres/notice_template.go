package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/fault"
	"dondoc/internal/notice"
	"dondoc/internal/policy"
)

type noticeTemplateRow struct {
	Kind       notice.TemplateKind `db:"kind"`
	Language   string              `db:"language"`
	Own        bool                `db:"own"`
	Subject    string              `db:"subject"`
	SubjectOne string              `db:"subject_one"`
	Lead       string              `db:"lead"`
	Closing    string              `db:"closing"`
	Version    int                 `db:"version"`
	ChangedAt  time.Time           `db:"changed_at"`
	ChangedBy  string              `db:"changed_by_name"`
}

const selectNoticeTemplates = `
	SELECT t.kind, t.language, t.own, t.subject, t.subject_one, t.lead, t.closing, t.version, t.changed_at,
		u.name AS changed_by_name
	FROM notice_templates t JOIN users u ON u.id = t.changed_by`

func (r noticeTemplateRow) template() notice.Template {
	return notice.Template{
		Kind: r.Kind, Language: r.Language, Version: r.Version,
		Subject: r.Subject, SubjectOne: r.SubjectOne, Lead: r.Lead, Closing: r.Closing,
	}
}

// kept is the template in force, with what is wrong with an administrator's words.
func (r noticeTemplateRow) kept() notice.KeptTemplate {
	at := r.ChangedAt.UTC()
	k := notice.KeptTemplate{Template: r.template(), Own: r.Own, ChangedAt: &at, ChangedBy: r.ChangedBy}
	if !r.Own {
		k.Template, _ = notice.Standard(r.Kind, r.Language)
		k.Version = r.Version
		return k
	}
	if _, err := k.Clean(); err != nil {
		k.Broken = fault.Of(err)
	}
	return k
}

// NoticeTemplates gives the words of all kinds of notices, in both languages, to
// whoever administers. Forbidden: others.
func (s *Store) NoticeTemplates(ctx context.Context, actor policy.Actor) (notice.TemplateList, error) {
	var list notice.TemplateList
	if !policy.SeeNoticeTemplates(actor) {
		return list, notTemplates()
	}
	var rows []noticeTemplateRow
	if err := s.db.SelectContext(ctx, &rows, selectNoticeTemplates); err != nil {
		return list, fmt.Errorf("list notice templates: %w", err)
	}
	changed := make(map[notice.TemplateKey]notice.KeptTemplate, len(rows))
	for _, row := range rows {
		changed[row.template().Key()] = row.kept()
	}
	for _, spec := range notice.TemplateSpecs() {
		for _, language := range notice.Languages {
			k, has := changed[notice.TemplateKey{Kind: spec.Kind, Language: language}]
			if !has {
				k.Template, _ = notice.Standard(spec.Kind, language)
			}
			list.Templates = append(list.Templates, k)
		}
	}
	var err error
	list.MayChange, err = administersTop(ctx, s.db, actor)
	return list, err
}

// administersTop reports whether the actor administers an agency with none above it:
// what holds for everybody is theirs to change.
func administersTop(ctx context.Context, q sqlx.QueryerContext, actor policy.Actor) (bool, error) {
	var top bool
	if err := sqlx.GetContext(ctx, q, &top, `
		SELECT EXISTS (SELECT 1 FROM agencies WHERE id = ANY ($1) AND parent_id IS NULL)`,
		pq.Array(actor.At(policy.Administrator))); err != nil {
		return false, fmt.Errorf("look at posts: %w", err)
	}
	return top, nil
}

func notTemplates() error {
	return fault.New(fault.Forbidden, "template.forbidden",
		"Lời thông báo dùng chung cho cả hệ thống: chỉ quản trị ở cấp cao nhất được đổi.",
		"The words of notices are the same for everybody: administrators of the topmost agency change them.")
}

// SetNoticeTemplate puts words in place of the standard ones, over the version that
// was read; messages written from then on bear them. Faults: Forbidden for others than
// administrators of the topmost agency, Conflict for another version.
func (s *Store) SetNoticeTemplate(
	ctx context.Context, actor policy.Actor, in notice.Template,
) (notice.KeptTemplate, error) {
	if !policy.SeeNoticeTemplates(actor) {
		return notice.KeptTemplate{}, notTemplates()
	}
	in, err := clean(ctx, in.Clean)
	if err != nil {
		return notice.KeptTemplate{}, err
	}
	return s.changeTemplate(ctx, actor, in, true)
}

// RestoreNoticeTemplate goes back to the standard words; faults as above.
func (s *Store) RestoreNoticeTemplate(
	ctx context.Context, actor policy.Actor, kind notice.TemplateKind, language string, version int,
) (notice.KeptTemplate, error) {
	if !policy.SeeNoticeTemplates(actor) {
		return notice.KeptTemplate{}, notTemplates()
	}
	if _, known := notice.SpecOf(kind); !known || !slices.Contains(notice.Languages, language) {
		return notice.KeptTemplate{}, notFound()
	}
	return s.changeTemplate(ctx, actor, notice.Template{Kind: kind, Language: language, Version: version}, false)
}

// changeTemplate keeps the words, own or (empty) the standard ones.
func (s *Store) changeTemplate(
	ctx context.Context, actor policy.Actor, in notice.Template, own bool,
) (notice.KeptTemplate, error) {
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (notice.KeptTemplate, error) {
		var kept notice.KeptTemplate
		top, err := administersTop(ctx, tx, actor)
		if err != nil {
			return kept, err
		}
		if !top {
			return kept, notTemplates()
		}
		id, err := keepTemplate(ctx, tx, actor, in, own, now)
		if err != nil {
			return kept, err
		}
		action, after := "notice_template.restored", map[string]any{"kind": in.Kind, "language": in.Language}
		if own {
			action, after["text_sha256"] = "notice_template.changed", digest(in.Subject, in.SubjectOne, in.Lead, in.Closing)
		}
		if err := s.record(ctx, tx, actor, now, change{
			Action: action, Entity: "notice_template", EntityID: id, After: after,
		}); err != nil {
			return kept, err
		}
		var row noticeTemplateRow
		if err := tx.GetContext(ctx, &row, selectNoticeTemplates+` WHERE t.id = $1`, id); err != nil {
			return kept, fmt.Errorf("read notice template: %w", err)
		}
		return row.kept(), nil
	})
}

// keepTemplate writes the row over the version that was read; of two at once one fails.
func keepTemplate(
	ctx context.Context, tx *sqlx.Tx, actor policy.Actor, in notice.Template, own bool, now time.Time,
) (int64, error) {
	var id int64
	var err error
	args := []any{in.Kind, in.Language, own, in.Subject, in.SubjectOne, in.Lead, in.Closing, now, actor.UserID}
	if in.Version == 0 {
		err = tx.GetContext(ctx, &id, `
			INSERT INTO notice_templates (kind, language, own, subject, subject_one, lead, closing, changed_at, changed_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING id`, args...)
	} else {
		err = tx.GetContext(ctx, &id, `
			UPDATE notice_templates SET own = $3, subject = $4, subject_one = $5, lead = $6, closing = $7,
				version = version + 1, changed_at = $8, changed_by = $9
			WHERE kind = $1 AND language = $2 AND version = $10 RETURNING id`, append(args, in.Version)...)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return 0, fault.New(fault.Conflict, "template.changed",
			"Lời thông báo này đã đổi từ lúc mở trang. Tải lại rồi làm lại.",
			"These words have changed since they were read. Reload and try again.")
	}
	if err != nil {
		return 0, fmt.Errorf("keep notice template: %w", err)
	}
	return id, nil
}

// PreviewNoticeTemplate writes a message in these words as it would be sent, about
// things that are only examples. It keeps nothing.
func (a *Accounts) PreviewNoticeTemplate(
	_ context.Context, actor policy.Actor, in notice.Template,
) (notice.Mail, error) {
	if !policy.SeeNoticeTemplates(actor) {
		return notice.Mail{}, notTemplates()
	}
	return a.Words.Preview(in)
}

// OwnWords reads the administrator's words for whoever writes messages. Words that
// cannot be used are logged and left out: the standard ones go.
func (s *Store) OwnWords(ctx context.Context) (notice.Own, error) { return ownWords(ctx, s.db) }

func ownWords(ctx context.Context, q sqlx.QueryerContext) (notice.Own, error) {
	var rows []noticeTemplateRow
	if err := sqlx.SelectContext(ctx, q, &rows, selectNoticeTemplates+` WHERE t.own`); err != nil {
		return nil, fmt.Errorf("read words of notices: %w", err)
	}
	kept := make([]notice.Template, len(rows))
	for i, row := range rows {
		kept[i] = row.template()
	}
	own, broken := notice.OwnOf(kept)
	for _, err := range broken {
		slog.WarnContext(ctx, "words of notices cannot be used, the standard ones go", "error", err)
	}
	return own, nil
}

// words are those for mail about accounts, with what an administrator has changed.
func (a *Accounts) words(ctx context.Context, tx *sqlx.Tx) (notice.Words, error) {
	words := a.Words
	var err error
	words.Own, err = ownWords(ctx, tx)
	return words, err
}
