package api_test

import (
	"context"

	"dondoc/internal/notice"
	"dondoc/internal/policy"
)

func (f *fake) NoticeTemplates(_ context.Context, a policy.Actor) (notice.TemplateList, error) {
	f.note("NoticeTemplates by %d", a.UserID)
	standard, _ := notice.Standard("reset", "vi")
	broken := notice.Template{Kind: "overdue", Language: "vi", Subject: "{count} việc\n{x}", Lead: "{x}", Version: 3}
	_, err := broken.Clean()
	return notice.TemplateList{MayChange: true, Templates: []notice.KeptTemplate{
		{Template: standard}, {Template: broken, Own: true, ChangedAt: &due, ChangedBy: "Quản trị", Broken: asFault(err)},
	}}, nil
}

func (f *fake) SetNoticeTemplate(_ context.Context, a policy.Actor, in notice.Template) (notice.KeptTemplate, error) {
	f.note("SetNoticeTemplate %d %+v", a.UserID, in)
	in.Version++
	return notice.KeptTemplate{Template: in, Own: true}, nil
}

func (f *fake) RestoreNoticeTemplate(_ context.Context, _ policy.Actor, kind notice.TemplateKind, language string, version int) (notice.KeptTemplate, error) {
	f.note("RestoreNoticeTemplate %s %s %d", kind, language, version)
	standard, _ := notice.Standard(kind, language)
	standard.Version = version + 1
	return notice.KeptTemplate{Template: standard}, nil
}

func (f *fake) PreviewNoticeTemplate(_ context.Context, _ policy.Actor, in notice.Template) (notice.Mail, error) {
	f.note("PreviewNoticeTemplate %+v", in)
	return notice.Words{BaseURL: "https://dondoc.example"}.Preview(in)
}
