package postgres

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/lib/pq"

	"dondoc/internal/agency"
	"dondoc/internal/calendar"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// orgRow is an agency as a reorganisation needs to know it.
type orgRow struct {
	ID        int64     `db:"id"`
	Code      string    `db:"code"`
	Name      string    `db:"name"`
	ShortName string    `db:"short_name"`
	Level     string    `db:"level"`
	ParentID  int64     `db:"parent_id"`
	ValidFrom time.Time `db:"valid_from_on"`
	ValidTo   time.Time `db:"valid_to_on"`
	Position  int       `db:"position"`
}

// check holds the agencies that the file names, and notes where it does not fit them.
func (r *reorganising) check(ctx context.Context) error {
	if err := r.know(ctx, r.codes()); err != nil {
		return err
	}
	if err := r.reach(ctx); err != nil {
		return err
	}
	founded := map[string]bool{}
	for _, f := range r.file.Founded {
		founded[f.Code] = true
		for _, text := range []string{f.Name, f.ShortName, f.Level} {
			if _, wrong := task.CleanText(text, 300); wrong != nil {
				r.fail(f.At, wrong.Code, "%s", "%s", wrong.VI)
			}
		}
		// A plan that was loaded before may have brought the agency in already.
		if k := r.known[f.Code]; k != nil && (k.Level != f.Level || r.endsBefore(k)) {
			r.fail(f.At, "agency.exists", "mã %q đã dùng cho %q; chọn mã khác", "the code %q is that of %q already; choose another", f.Code, k.Name)
		}
		switch {
		case f.Parent != "":
			r.exists(agency.Named{Code: f.Parent, At: f.ParentAt}, founded)
		case r.actor.UserID != 0:
			r.fail(f.At, "agency.root", "%q cần có cấp trên trong phạm vi quản trị của tài khoản này", "%q needs a superior among what this account administers", f.Code)
		}
	}
	for _, c := range r.file.Changes {
		for _, a := range c.Agencies {
			r.exists(a, nil)
			if k := r.known[a.Code]; k != nil && c.Ends(a.Code) && !civil(k.ValidFrom).Before(r.file.EffectiveOn) {
				r.fail(a.At, "agency.young", "%q mới có từ %s, không kết thúc trước ngày đó được", "%q exists from %s on and cannot end before", a.Code, civil(k.ValidFrom))
			}
		}
		for _, heir := range c.Into {
			r.exists(heir, founded)
		}
		r.exists(c.Parent, founded)
		if c.Posts.Code != agency.NoPosts {
			r.exists(c.Posts, founded)
		}
		for _, d := range c.Duties {
			r.exists(d.Successor, founded)
		}
	}
	return nil
}

// reach lets an administrator know only the agencies of their posts and below;
// the system itself, which applies what was recorded, and the operator know all.
func (r *reorganising) reach(ctx context.Context) error {
	if r.actor.UserID == 0 {
		return nil
	}
	var ids []int64
	if err := r.tx.SelectContext(ctx, &ids, administered+` SELECT id FROM administered`, pq.Array(r.actor.At(policy.Administrator)), false); err != nil {
		return fmt.Errorf("read administered agencies: %w", err)
	}
	within := make(map[int64]bool, len(ids))
	for _, id := range ids {
		within[id] = true
	}
	maps.DeleteFunc(r.known, func(_ string, k *orgRow) bool { return !within[k.ID] })
	return nil
}

// codes are all codes that the file names.
func (r *reorganising) codes() []string {
	set := map[string]bool{}
	for _, f := range r.file.Founded {
		set[f.Code], set[f.Parent] = true, true
	}
	for _, c := range r.file.Changes {
		for _, list := range [][]agency.Named{c.Agencies, c.Into, {c.Parent, c.Posts}} {
			for _, a := range list {
				set[a.Code] = true
			}
		}
		for _, d := range c.Duties {
			set[d.Successor.Code] = true
		}
	}
	delete(set, "")
	return slices.Sorted(maps.Keys(set))
}

// know reads and holds agencies by their codes.
func (r *reorganising) know(ctx context.Context, codes []string) error {
	var rows []*orgRow
	if err := r.tx.SelectContext(ctx, &rows, `
		SELECT id, code, name, short_name, level, COALESCE(parent_id, 0) AS parent_id, valid_from_on, valid_to_on, position
		FROM agencies WHERE code = ANY ($1) ORDER BY id FOR NO KEY UPDATE`, pq.Array(codes)); err != nil {
		return fmt.Errorf("hold agencies: %w", err)
	}
	if r.known == nil {
		r.known = make(map[string]*orgRow, len(rows))
	}
	for _, row := range rows {
		r.known[row.Code] = row
	}
	return nil
}

// endsBefore: the agency does not live on the day the file takes effect, or has
// ended since by a file of a later day that was applied first.
func (r *reorganising) endsBefore(k *orgRow) bool { return civil(k.ValidTo).Before(r.day()) }

// day is the day on which agencies have to live for the file: that on which it
// takes effect, or today where it comes late.
func (r *reorganising) day() calendar.Date {
	if today := businessToday(r.now); r.file.EffectiveOn.Before(today) {
		return today
	}
	return r.file.EffectiveOn
}

// exists notes a code that is no agency's, or that of one that has ended.
func (r *reorganising) exists(a agency.Named, founded map[string]bool) {
	if a.Code == "" || founded[a.Code] {
		return
	}
	k := r.known[a.Code]
	switch {
	case k == nil:
		r.fail(a.At, "agency.unknown", "không có cơ quan mã %q; sửa mã, hoặc lập mới ở agencies", "there is no agency %q; correct the code, or found it under agencies", a.Code)
	case r.endsBefore(k):
		r.fail(a.At, "agency.ended", "%q đã kết thúc ngày %s", "%q ended on %s already", a.Code, civil(k.ValidTo).VN())
	}
}

// leaveNoneBehind sees to what hung below agencies that ended, and to levels
// that are to be gone.
func (r *reorganising) leaveNoneBehind(ctx context.Context) error {
	var below []struct {
		ID     int64  `db:"id"`
		Code   string `db:"code"`
		Parent string `db:"parent"`
		Heir   int64  `db:"heir"`
	}
	if err := r.tx.SelectContext(ctx, &below, `
		SELECT c.id, c.code, p.code AS parent, COALESCE(x.successor_id, 0) AS heir
		FROM agencies c JOIN agencies p ON p.id = c.parent_id
		LEFT JOIN agency_successions x ON x.predecessor_id = p.id AND x.main
		WHERE p.id = ANY ($1) AND c.valid_to_on >= $2::date ORDER BY c.position, c.id`, pq.Array(r.ended), r.day().String()); err != nil {
		return fmt.Errorf("find agencies below: %w", err)
	}
	var moved, to []int64
	for _, b := range below {
		if b.Heir == 0 {
			r.fail(r.endedAt(b.Parent), "agency.below", "%q còn trực thuộc %q; dùng move để chuyển, hoặc nêu into", "%q still hangs from %q; move it, or name into", b.Code, b.Parent)
			continue
		}
		moved, to = append(moved, b.ID), append(to, b.Heir)
	}
	if err := r.hang(ctx, moved, to, ""); err != nil {
		return err
	}
	for _, gone := range r.file.LevelsRemoved {
		var left []string
		if err := r.tx.SelectContext(ctx, &left, `
			SELECT code FROM agencies WHERE level = $1 AND valid_to_on >= $2::date ORDER BY position, id LIMIT 6`, gone.Level, r.day().String()); err != nil {
			return fmt.Errorf("find agencies of level: %w", err)
		}
		if len(left) > 0 {
			r.fail(gone.At, "level.left", "cấp %q vẫn còn đơn vị: %s; nêu việc với các đơn vị này", "the level %q still has agencies: %s; say what becomes of them", gone.Level, strings.Join(left, ", "))
		}
	}
	return nil
}

// endedAt is where the file ends an agency.
func (r *reorganising) endedAt(code string) agency.Place {
	for _, c := range r.file.Changes {
		for _, a := range c.Agencies {
			if a.Code == code && c.Ends(code) {
				return a.At
			}
		}
	}
	return agency.Place{}
}
