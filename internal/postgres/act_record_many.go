package postgres

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// RecordMany records up to task.MaxAtOnce results that came outside of the
// system, in one transaction: all of them, or none where one is refused. Every
// record that is refused is named, with fields such as "records[2].received_at";
// a task that is not of the round, or not the actor's to see, is not found.
func (s *Store) RecordMany(ctx context.Context, actor policy.Actor, in task.RecordManyInput) ([]task.Receipt, error) {
	in, err := clean(ctx, in.Clean)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(in.Records))
	for i, record := range in.Records {
		ids[i] = record.TaskID
	}
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) ([]task.Receipt, error) {
		locked, err := lockAll(ctx, tx, ids)
		if err != nil {
			return nil, err
		}
		receipts := make([]task.Receipt, len(in.Records))
		var faults []*fault.Fault
		refused := 0
		for i, record := range in.Records {
			receipt, err := s.recordOne(ctx, tx, actor, in.RoundID, locked[record.TaskID], record, now)
			f := fault.Of(err)
			if err != nil && f == nil {
				return nil, err
			}
			if receipts[i] = receipt; f != nil {
				faults = append(faults, task.AtRecord(i, f)...)
			}
			if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
				refused++
			}
		}
		switch {
		case len(faults) == 0:
			return receipts, nil
		case refused == len(in.Records) && actor.More:
			return nil, faults[0] // so that it is tried for whom the actor stands in for
		}
		return nil, task.NotRecorded(faults)
	})
}

// recordOne records one of several results, of a task that is locked; a task
// that was not found is zero.
func (s *Store) recordOne(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, roundID int64, t lockedTask, in task.RecordInput, now time.Time) (task.Receipt, error) {
	if t.ID == 0 || t.RoundID != roundID || !policy.SeeTask(actor, t.relation()) {
		return task.Receipt{}, notFound()
	}
	if err := t.checkAct(in.Version); err != nil {
		return task.Receipt{}, err
	}
	return s.recordLocked(ctx, tx, actor, t, in, now)
}
