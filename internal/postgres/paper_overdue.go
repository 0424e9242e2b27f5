package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/lib/pq"

	"dondoc/internal/calendar"
	"dondoc/internal/document"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/request"
	"dondoc/internal/task"
)

// overdueLines adds to tasks what the annex says of each.
func (s *Store) overdueLines(ctx context.Context, actor policy.Actor, tasks []task.Task, record plan.Record, zone *time.Location) ([]document.Overdue, error) {
	helpers, err := s.coordinating(ctx, tasks)
	if err != nil {
		return nil, err
	}
	given, err := s.assigning(ctx, record)
	if err != nil {
		return nil, err
	}
	lines := make([]document.Overdue, len(tasks))
	at := make(map[int64]int, len(tasks))
	ids := make([]int64, len(tasks))
	for i, t := range tasks {
		lines[i] = document.Overdue{
			DutyCode: t.DutyCode, DutyTitle: t.DutyTitle, PeriodKey: t.PeriodKey, Plan: given, Lead: t.AgencyName, Coordinating: helpers[t.DutyID],
			Due: calendar.DueDay(t.EffectiveDueAt, zone), DaysLate: t.DaysLate,
		}
		at[t.ID], ids[i] = i, t.ID
	}
	var rows []struct {
		TaskID     int64        `db:"task_id"`
		Kind       request.Kind `db:"kind"`
		Text       string       `db:"text"`
		Answer     string       `db:"answer"`
		ProposedOn *time.Time   `db:"proposed_on"`
	}
	// What the agency itself said: its answer to a demand to explain, the obstacles
	// that it raised, and more time that it asked for and was not refused.
	if err := s.db.SelectContext(ctx, &rows, `
		SELECT q.task_id, q.kind, q.text, q.proposed_on,
			COALESCE((SELECT e.text FROM request_events e WHERE e.request_id = q.id AND e.action = 'answered' ORDER BY e.id DESC LIMIT 1), '') AS answer
		FROM requests q JOIN tasks t ON t.id = q.task_id JOIN plans p ON p.id = t.plan_id
		WHERE `+visibleTask+` AND q.task_id = ANY ($4) AND q.kind IN ('explanation', 'obstacle', 'extension')
			AND q.state NOT IN ('withdrawn', 'granted', 'passed_on') AND NOT (q.kind = 'extension' AND q.state = 'refused')
		ORDER BY q.id`, scoped(actor, pq.Array(ids))...); err != nil {
		return nil, fmt.Errorf("read reasons: %w", err)
	}
	for _, r := range rows {
		line := &lines[at[r.TaskID]]
		switch r.Kind {
		case request.Explanation:
			if r.Answer != "" {
				line.Reasons = append(line.Reasons, r.Answer)
			}
		case request.Obstacle:
			line.Reasons = append(line.Reasons, "Khó khăn, vướng mắc: "+r.Text)
		default:
			line.Reasons = append(line.Reasons, r.Text)
			if r.ProposedOn != nil {
				line.Proposals = append(line.Proposals, "Gia hạn đến ngày "+civil(*r.ProposedOn).VN())
			}
		}
	}
	return lines, nil
}

// coordinating are the names of the agencies that help with each duty.
func (s *Store) coordinating(ctx context.Context, tasks []task.Task) (map[int64][]string, error) {
	duties := make([]int64, len(tasks))
	for i, t := range tasks {
		duties[i] = t.DutyID
	}
	var rows []struct {
		DutyID int64  `db:"duty_id"`
		Name   string `db:"name"`
	}
	if err := s.db.SelectContext(ctx, &rows, `
		SELECT s.duty_id, a.name FROM assignments s JOIN agencies a ON a.id = s.agency_id
		WHERE s.duty_id = ANY ($1) AND s.role = 'coordinating' ORDER BY a.position, a.id`, pq.Array(duties)); err != nil {
		return nil, fmt.Errorf("read who coordinates: %w", err)
	}
	names := map[int64][]string{}
	for _, r := range rows {
		names[r.DutyID] = append(names[r.DutyID], r.Name)
	}
	return names, nil
}

// assigning names the issued document as its version in force does.
func (s *Store) assigning(ctx context.Context, record plan.Record) (string, error) {
	var encoded []byte
	if err := s.db.GetContext(ctx, &encoded, `
		SELECT document -> 'Document' FROM plan_versions WHERE plan_id = $1 ORDER BY number = $2 DESC, number DESC LIMIT 1`, record.ID, record.CurrentVersion); err != nil {
		return "", fmt.Errorf("read issued document: %w", err)
	}
	var issued plan.Document
	if err := unmarshalPresent(encoded, &issued); err != nil {
		return "", fmt.Errorf("issued document of plan %d: %w", record.ID, err)
	}
	return document.Plan(issued.Type, record.Title, record.Number, issued.IssuedOn), nil
}
