package app

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"dondoc/internal/audit"
	"dondoc/internal/clock"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/task"
)

// BenchmarkSubmitWhileSealing submits over 16 connections with the audit sealer
// at work, as often as in production, and without it, in turn; "ratio" is the
// rate with the sealer by the one without (aim 0.9).
func BenchmarkSubmitWhileSealing(b *testing.B) {
	const each, connections, turns = 6000, 16, 6
	with, without, submissions := time.Duration(0), time.Duration(0), 0
	for b.Loop() {
		r, communes := benchmark(b, 2*each)
		submit := func(c commune) error {
			actor := policy.Actor{UserID: c.UserID, Posts: []policy.Post{{AgencyID: c.AgencyID, Role: policy.FocalPoint}}, Below: []int64{c.AgencyID}}
			_, err := r.store.Submit(b.Context(), actor, task.SubmitInput{TaskID: c.TaskID, Kind: task.Report, Narrative: "Đã tổ chức 3 buổi tuyên truyền."})
			return err
		}
		seal := newSealing(b, r)
		seal.all() // what opening the round left is no part of it
		const size = each / turns
		for turn := range turns {
			here := communes[turn*2*size:]
			without += inParallel(connections, here[:size], submit, b)
			// What has come in meanwhile is sealed beside the next turn, besides its own.
			stop := seal.start()
			with += inParallel(connections, here[size:2*size], submit, b)
			stop()
		}
		submissions += each
		seal.all()
		if err := r.db.GetContext(b.Context(), &seal.unsealed, `SELECT count(*) FROM audit WHERE seal_number IS NULL`); err != nil {
			b.Fatal(err)
		}
		if seal.unsealed > 0 {
			b.Fatalf("%d rows are not sealed: there was no sealer", seal.unsealed)
		}
	}
	b.ReportMetric(float64(submissions)/with.Seconds(), "sealed/s")
	b.ReportMetric(float64(submissions)/without.Seconds(), "unsealed/s")
	b.ReportMetric(without.Seconds()/with.Seconds(), "ratio")
}

type sealing struct {
	b        *testing.B
	r        *runtime
	sealer   *postgres.Sealer
	key      []byte
	unsealed int
}

func newSealing(b *testing.B, r *runtime) *sealing {
	b.Helper()
	folder := b.TempDir()
	key, err := audit.EnsureKey(filepath.Join(folder, "audit.key"))
	if err != nil {
		b.Fatal(err)
	}
	heads, err := audit.OpenHeadLog(filepath.Join(folder, "heads.log"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := heads.Close(); err != nil {
			b.Error(err)
		}
	})
	return &sealing{b: b, r: r, sealer: postgres.NewSealer(r.db, clock.SystemWall, heads), key: key}
}

// all seals what can be sealed now.
func (s *sealing) all() {
	s.b.Helper()
	for {
		n, err := s.sealer.Seal(s.b.Context(), s.key, 1000)
		if err != nil {
			s.b.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

// start lets the sealer run as in production until it is stopped.
func (s *sealing) start() (stop func()) {
	ctx, cancel := context.WithCancel(s.b.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		ticker := time.NewTicker(sealEvery)
		defer ticker.Stop()
		s.sealer.RunSealer(ctx, s.key, ticker.C, s.r.log)
	}()
	return func() { cancel(); <-done }
}
