package api

import (
	"context"
	"time"

	"dondoc/internal/notice"
	"dondoc/internal/policy"
)

func (s *server) templateRoutes() {
	const one = "/notice-templates/{kind}/{language}"
	administer := may(policy.SeeNoticeTemplates)
	handle(s, get("/notice-templates", "list-notice-templates",
		"The words of every kind of notice in both languages, and what they may be filled in with", administer), s.templates)
	handle(s, put(one, "set-notice-template", "Put words in place of the standard ones", administer), s.setTemplate)
	handle(s, del(one, "restore-notice-template", "Go back to the standard words", administer), s.restoreTemplate)
	handle(s, post(one+"/preview", "preview-notice-template",
		"A message in these words as it would be sent, about examples; nothing is kept", administer), s.previewTemplate)
}

// NoticeWords are the words of one kind of notice in one language. Placeholders stand
// in braces.
type NoticeWords struct {
	Subject    string `json:"subject" minLength:"1" maxLength:"120" doc:"What the subject says of it." example:"{count} việc quá hạn"`
	SubjectOne string `json:"subject_one,omitempty" maxLength:"120" doc:"For a single item, in English only; empty: subject."`
	Lead       string `json:"lead" minLength:"1" maxLength:"500" doc:"Stands first, the first line as a heading."`
	Closing    string `json:"closing,omitempty" maxLength:"500" doc:"Stands below the list or the link."`
}

// NoticeTemplate is the words of a kind as they stand now.
type NoticeTemplate struct {
	Kind     string `json:"kind"`
	Language string `json:"language" enum:"vi,en"`
	NoticeWords
	Requested    bool                  `json:"requested" doc:"The words for requests (đề nghị) of the kind without _requested."`
	Own          bool                  `json:"own" doc:"An administrator's words; else the standard ones."`
	Version      int                   `json:"version" doc:"For the next change; 0: nobody has ever changed them."`
	ChangedAt    *time.Time            `json:"changed_at,omitempty"`
	ChangedBy    string                `json:"changed_by,omitempty"`
	Placeholders []TemplatePlaceholder `json:"placeholders"`
	Broken       []TemplateFault       `json:"broken" doc:"Why these words cannot be used, so that the standard ones are sent."`
}

// TemplatePlaceholder is what the words may be filled in with.
type TemplatePlaceholder struct {
	Name     string `json:"name" example:"count"`
	NeededIn string `json:"needed_in,omitempty" enum:"subject,closing" doc:"The field that cannot do without it."`
}

// TemplateFault is one thing that is wrong with words that are kept.
type TemplateFault struct {
	Field   string `json:"field"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Message string `json:"message"`
}

// NoticeTemplates are all of them.
type NoticeTemplates struct {
	Items     []NoticeTemplate `json:"items"`
	MayChange bool             `json:"may_change" doc:"The reader administers an agency with none above it."`
}

func templateOf(ctx context.Context, k notice.KeptTemplate) NoticeTemplate {
	spec, _ := notice.SpecOf(k.Kind)
	view := NoticeTemplate{
		Kind: string(k.Kind), Language: k.Language, Requested: spec.Requested, Own: k.Own, Version: k.Version,
		NoticeWords: NoticeWords{k.Subject, k.SubjectOne, k.Lead, k.Closing},
		ChangedAt:   utc(k.ChangedAt), ChangedBy: k.ChangedBy, Placeholders: []TemplatePlaceholder{}, Broken: []TemplateFault{},
	}
	for _, p := range spec.Placeholders {
		view.Placeholders = append(view.Placeholders, TemplatePlaceholder{p.Name, p.Needed})
	}
	if k.Broken != nil {
		for _, f := range k.Broken.Details {
			view.Broken = append(view.Broken, TemplateFault{f.Field, f.Line, f.Column, f.Message(reader(ctx))})
		}
	}
	return view
}

func (s *server) templates(ctx context.Context, _ *None) (*Answer[NoticeTemplates], error) {
	list, err := s.Accounts.NoticeTemplates(ctx, who(ctx))
	if err != nil {
		return nil, err
	}
	view := NoticeTemplates{Items: make([]NoticeTemplate, len(list.Templates)), MayChange: list.MayChange}
	for i, k := range list.Templates {
		view.Items[i] = templateOf(ctx, k)
	}
	return &Answer[NoticeTemplates]{view}, nil
}

// TemplateRef says which words.
type TemplateRef struct {
	Kind     string `path:"kind" maxLength:"60" example:"overdue"`
	Language string `path:"language" enum:"vi,en"`
}

func (r TemplateRef) with(w NoticeWords, version int) notice.Template {
	return notice.Template{
		Kind: notice.TemplateKind(r.Kind), Language: r.Language, Version: version,
		Subject: w.Subject, SubjectOne: w.SubjectOne, Lead: w.Lead, Closing: w.Closing,
	}
}

type setTemplateInput struct {
	TemplateRef
	Confirmed bool `header:"Confirmed-Warnings" doc:"true: the person has confirmed that what looks personal (privacy.unconfirmed) is official."`
	Body      struct {
		NoticeWords
		Version int `json:"version" minimum:"0" doc:"As it was read; 0: nobody has ever changed them."`
	}
}

func (s *server) setTemplate(ctx context.Context, in *setTemplateInput) (*versioned[NoticeTemplate], error) {
	return templateAnswer(ctx)(s.Accounts.SetNoticeTemplate(ctx, who(ctx), in.with(in.Body.NoticeWords, in.Body.Version)))
}

type restoreTemplateInput struct {
	TemplateRef
	Version int `query:"version" required:"true" minimum:"0" doc:"As it was read."`
}

func (s *server) restoreTemplate(ctx context.Context, in *restoreTemplateInput) (*versioned[NoticeTemplate], error) {
	kind := notice.TemplateKind(in.Kind)
	return templateAnswer(ctx)(s.Accounts.RestoreNoticeTemplate(ctx, who(ctx), kind, in.Language, in.Version))
}

func templateAnswer(ctx context.Context) func(notice.KeptTemplate, error) (*versioned[NoticeTemplate], error) {
	return func(kept notice.KeptTemplate, err error) (*versioned[NoticeTemplate], error) {
		if err != nil {
			return nil, err
		}
		return &versioned[NoticeTemplate]{ETag: etag(kept.Version), Body: templateOf(ctx, kept)}, nil
	}
}

type previewTemplateInput struct {
	Keyed
	TemplateRef
	Body NoticeWords
}

// WrittenNotice is a message as it would be sent.
type WrittenNotice struct {
	Subject string `json:"subject"`
	Text    string `json:"text"`
	HTML    string `json:"html"`
}

func (s *server) previewTemplate(ctx context.Context, in *previewTemplateInput) (*Answer[WrittenNotice], error) {
	mail, err := s.Accounts.PreviewNoticeTemplate(ctx, who(ctx), in.with(in.Body, 0))
	if err != nil {
		return nil, err
	}
	return &Answer[WrittenNotice]{WrittenNotice{mail.Subject, mail.Text, mail.HTML}}, nil
}
