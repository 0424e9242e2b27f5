package web

import (
	"context"

	"dondoc/internal/draft"
	"dondoc/internal/fault"
	"dondoc/internal/issued"
	"dondoc/internal/policy"
)

// checking fakes documents that are being read into plans, by the real rules.
type checking struct {
	documents []draft.Document
	edits     []draft.Edit
	made      []int64 // plans, by document
	units     []draft.Unit
}

func (f *checking) KeepDocument(_ context.Context, actor policy.Actor, name string, doc issued.Document) (draft.Document, error) {
	d := draft.Document{ID: int64(len(f.documents) + 1), AgencyID: actor.At(policy.PlanAuthority)[0], FileName: name, Lines: draft.Shown(doc), Draft: draft.Read(doc), Version: 1, State: draft.Open, ChangedAt: at("2026-06-16 09:00")}
	f.documents = append(f.documents, d)
	return d, nil
}

func (f *checking) OpenDocuments(context.Context, policy.Actor) ([]draft.Document, error) {
	return f.documents, nil
}

func (f *checking) FindDocument(_ context.Context, actor policy.Actor, id int64) (draft.Document, error) {
	if id < 1 || id > int64(len(f.documents)) || !policy.LoadPlan(actor) {
		return draft.Document{}, notFound()
	}
	return f.documents[id-1], nil
}

func (f *checking) EditDocument(ctx context.Context, actor policy.Actor, id int64, version int, e draft.Edit) (draft.Document, error) {
	d, err := f.FindDocument(ctx, actor, id)
	if err != nil {
		return d, err
	}
	if version != d.Version {
		return d, fault.New(fault.Conflict, "document.changed", "Người khác vừa sửa bản nháp này.", "Somebody else has just changed this draft.")
	}
	if d.Draft, err = d.Draft.Apply(e); err != nil {
		return d, err
	}
	d.Version++
	f.documents[id-1] = d
	f.edits = append(f.edits, e)
	return d, nil
}

func (f *checking) DropDocument(_ context.Context, _ policy.Actor, id int64) error {
	f.documents = f.documents[:id-1]
	return nil
}

func (f *checking) DocumentLoaded(_ context.Context, _ policy.Actor, id, _ int64) error {
	f.made = append(f.made, id)
	return nil
}

func (f *checking) AgencyNames(context.Context, policy.Actor, int64) (*draft.Names, error) {
	return draft.NewNames(f.units, nil), nil
}
