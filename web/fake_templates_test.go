package web

import (
	"context"

	"dondoc/internal/fault"
	"dondoc/internal/notice"
	"dondoc/internal/policy"
	"dondoc/internal/privacy"
)

// worded is what the fake knows of the words of notices, held to the real rules.
type worded struct {
	words    map[notice.TemplateKey]notice.KeptTemplate
	lowly    bool // the administrator is not of the topmost agency
	previews int
}

func (f *fake) NoticeTemplates(context.Context, policy.Actor) (notice.TemplateList, error) {
	list := notice.TemplateList{MayChange: !f.lowly}
	for _, spec := range notice.TemplateSpecs() {
		for _, language := range notice.Languages {
			k, has := f.words[notice.TemplateKey{Kind: spec.Kind, Language: language}]
			if !has {
				k.Template, _ = notice.Standard(spec.Kind, language)
			}
			list.Templates = append(list.Templates, k)
		}
	}
	return list, nil
}

func (f *fake) keep(k notice.KeptTemplate) (notice.KeptTemplate, error) {
	if f.words == nil {
		f.words = map[notice.TemplateKey]notice.KeptTemplate{}
	}
	if f.words[k.Key()].Version != k.Version {
		return k, fault.New(fault.Conflict, "template.changed", "Lời này đã đổi.", "These words have changed.")
	}
	k.Version++
	when := at("2026-06-16 08:00")
	k.ChangedAt, k.ChangedBy = &when, "Quản trị <b>tỉnh</b>"
	f.words[k.Key()] = k
	return k, nil
}

func (f *fake) SetNoticeTemplate(ctx context.Context, _ policy.Actor, in notice.Template) (notice.KeptTemplate, error) {
	in, err := in.Clean()
	if err == nil {
		err = privacy.Unconfirmed(ctx, in.Texts()...)
	}
	if err != nil {
		return notice.KeptTemplate{}, err
	}
	return f.keep(notice.KeptTemplate{Template: in, Own: true})
}

func (f *fake) RestoreNoticeTemplate(_ context.Context, _ policy.Actor, kind notice.TemplateKind, language string, version int) (notice.KeptTemplate, error) {
	standard, _ := notice.Standard(kind, language)
	standard.Version = version
	return f.keep(notice.KeptTemplate{Template: standard})
}

func (f *fake) PreviewNoticeTemplate(_ context.Context, _ policy.Actor, in notice.Template) (notice.Mail, error) {
	f.previews++
	return notice.Words{BaseURL: "https://dondoc.example"}.Preview(in)
}
