package api

import (
	"context"

	"dondoc/internal/notice"
	"dondoc/internal/policy"
)

// TemplateService keeps the words of notices. Whoever administers nobody is refused
// as fault.Forbidden, and so are changes by others than administrators of the topmost agency.
type TemplateService interface {
	NoticeTemplates(ctx context.Context, actor policy.Actor) (notice.TemplateList, error)
	SetNoticeTemplate(ctx context.Context, actor policy.Actor, in notice.Template) (notice.KeptTemplate, error)
	RestoreNoticeTemplate(
		ctx context.Context, actor policy.Actor, kind notice.TemplateKind, language string, version int,
	) (notice.KeptTemplate, error)
	PreviewNoticeTemplate(ctx context.Context, actor policy.Actor, in notice.Template) (notice.Mail, error)
}
