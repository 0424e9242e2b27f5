package notice

import (
	"fmt"
	"html/template"
	"strings"
)

// view is what both forms of a message are made from.
type view struct {
	Language, Subject, Greeting, Note string
	Sections                          []section
	Summary                           *summaryView
	// Paragraphs and Button are of account mail.
	Paragraphs []string
	ButtonHead string
	ButtonURL  string
	Closing    []string
	Footer     []string
}

type section struct {
	Heading, Colour, DueHead string
	Lead, Closing            []string
	Rows                     []row
	More, MoreURL            string
}

type row struct{ Code, Period, Agency, Due, Late, URL string }

type summaryView struct {
	Heading       string
	Lead, Closing []string
	Lines         []summaryLine
	URLHead, URL  string
}

type summaryLine struct {
	Name  string
	Count int
}

// Heads names the columns of a section's table.
func (v view) Heads() []string {
	return []string{say(v.Language, "Mã nhiệm vụ", "Duty"), say(v.Language, "Kỳ", "Period"), say(v.Language, "Cơ quan, đơn vị", "Agency")}
}

// Open is the text of a row's link.
func (v view) Open() string { return say(v.Language, "Xem", "Open") }

func (v view) mail() (Mail, error) {
	var html strings.Builder
	if err := htmlMail.Execute(&html, v); err != nil {
		return Mail{}, fmt.Errorf("write message: %w", err)
	}
	return Mail{Subject: v.Subject, Text: v.text(), HTML: html.String()}, nil
}

func (v view) text() string {
	var b strings.Builder
	line := func(parts ...string) { b.WriteString(strings.Join(parts, "") + "\n") }
	line(v.Greeting)
	if v.Note != "" {
		line(v.Note)
	}
	for _, p := range v.Paragraphs {
		line()
		line(p)
	}
	if v.ButtonURL != "" {
		line()
		line(v.ButtonURL)
	}
	for _, p := range v.Closing {
		line()
		line(p)
	}
	for _, s := range v.Sections {
		line()
		line(s.Heading)
		for _, p := range s.Lead {
			line(p)
		}
		for _, r := range s.Rows {
			if r.Period == "" {
				line("- ", r.Code, " · ", r.Agency)
			} else {
				line("- ", r.Code, " · ", r.Period, " · ", r.Agency)
			}
			if r.Due != "" {
				due := "  " + s.DueHead + ": " + r.Due
				if r.Late != "" {
					due += ", " + r.Late
				}
				line(due)
			}
			line("  ", r.URL)
		}
		if s.More != "" {
			line(s.More, " ", s.MoreURL)
		}
		for _, p := range s.Closing {
			line(p)
		}
	}
	if s := v.Summary; s != nil {
		line()
		line(s.Heading)
		for _, p := range s.Lead {
			line(p)
		}
		for _, l := range s.Lines {
			line("- ", l.Name, ": ", fmt.Sprint(l.Count))
		}
		line(s.URLHead, " ", s.URL)
		for _, p := range s.Closing {
			line(p)
		}
	}
	line()
	line("-- ")
	for _, f := range v.Footer {
		line(f)
	}
	return b.String()
}

// htmlMail uses inline styles only, because mail readers drop the rest, and
// loads nothing from anywhere.
var htmlMail = template.Must(template.New("mail").Parse(`<!DOCTYPE html>
<html lang="{{.Language}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Subject}}</title></head>
<body style="margin:0;padding:16px;background:#FFFFFF;color:#16181D;font-family:'Be Vietnam Pro',Arial,sans-serif;font-size:16px;line-height:26px">
<div style="max-width:720px;margin:0 auto">
<p style="margin:0 0 16px;padding:0 0 8px;border-bottom:1px solid #16181D;color:#17407A;font-weight:bold">Đôn Đốc</p>
<p style="margin:0 0 8px">{{.Greeting}}</p>
{{- with .Note}}<p style="margin:0 0 8px;color:#5B616A;font-size:14px;line-height:22px">{{.}}</p>{{end}}
{{- range .Paragraphs}}<p style="margin:0 0 12px">{{.}}</p>{{end}}
{{- if .ButtonURL}}<p style="margin:16px 0"><a href="{{.ButtonURL}}" style="display:inline-block;padding:9px 16px;border-radius:3px;background:#17407A;color:#FFFFFF;text-decoration:none;font-weight:bold">{{.ButtonHead}}</a></p>
<p style="margin:0 0 12px;color:#434850;font-size:14px;line-height:22px;word-break:break-all">{{.ButtonURL}}</p>{{end}}
{{- range .Closing}}<p style="margin:0 0 12px">{{.}}</p>{{end}}
{{- $heads := .Heads}}{{$open := .Open}}
{{- range $section := .Sections}}
<h2 style="margin:24px 0 8px;color:{{.Colour}};font-size:17px;line-height:27px">{{.Heading}}</h2>
{{- range .Lead}}<p style="margin:0 0 8px">{{.}}</p>{{end}}
<table role="table" style="width:100%;border-collapse:collapse;font-size:14px;line-height:22px">
<thead><tr>{{range $heads}}<th scope="col" style="padding:4px 8px 4px 0;border-bottom:1px solid #16181D;color:#5B616A;font-weight:normal;text-align:left">{{.}}</th>{{end}}
{{- if .DueHead}}<th scope="col" style="padding:4px 8px 4px 0;border-bottom:1px solid #16181D;color:#5B616A;font-weight:normal;text-align:left">{{.DueHead}}</th>{{end}}<th scope="col" style="padding:4px 0;border-bottom:1px solid #16181D"></th></tr></thead>
<tbody>{{range .Rows}}
<tr><td style="padding:6px 8px 6px 0;border-bottom:1px solid #E7E9EC;vertical-align:top;font-weight:bold">{{.Code}}</td>
<td style="padding:6px 8px 6px 0;border-bottom:1px solid #E7E9EC;vertical-align:top">{{.Period}}</td>
<td style="padding:6px 8px 6px 0;border-bottom:1px solid #E7E9EC;vertical-align:top">{{.Agency}}</td>
{{- if $section.DueHead}}<td style="padding:6px 8px 6px 0;border-bottom:1px solid #E7E9EC;vertical-align:top"><span style="white-space:nowrap">{{.Due}}</span>{{with .Late}}<br><strong style="color:#B3231A;white-space:nowrap">{{.}}</strong>{{end}}</td>{{end}}
<td style="padding:6px 0;border-bottom:1px solid #E7E9EC;vertical-align:top;text-align:right"><a href="{{.URL}}" style="color:#17407A">{{$open}}</a></td></tr>
{{- end}}</tbody></table>
{{- if .More}}<p style="margin:8px 0 0;font-size:14px;line-height:22px">{{.More}} <a href="{{.MoreURL}}" style="color:#17407A">{{.MoreURL}}</a></p>{{end}}
{{- range .Closing}}<p style="margin:8px 0 0">{{.}}</p>{{end}}
{{- end}}
{{- with .Summary}}
<h2 style="margin:24px 0 8px;color:#16181D;font-size:17px;line-height:27px">{{.Heading}}</h2>
{{- range .Lead}}<p style="margin:0 0 8px">{{.}}</p>{{end}}
<table role="table" style="border-collapse:collapse;font-size:14px;line-height:22px"><tbody>{{range .Lines}}
<tr><th scope="row" style="padding:4px 24px 4px 0;border-bottom:1px solid #E7E9EC;font-weight:normal;text-align:left">{{.Name}}</th><td style="padding:4px 0;border-bottom:1px solid #E7E9EC;text-align:right;font-weight:bold">{{.Count}}</td></tr>
{{- end}}</tbody></table>
<p style="margin:8px 0 0;font-size:14px;line-height:22px">{{.URLHead}} <a href="{{.URL}}" style="color:#17407A">{{.URL}}</a></p>
{{- range .Closing}}<p style="margin:8px 0 0">{{.}}</p>{{end}}
{{- end}}
<div style="margin:32px 0 0;padding:8px 0 0;border-top:1px solid #D2D6DB;color:#5B616A;font-size:13px;line-height:20px">{{range .Footer}}<p style="margin:0 0 4px">{{.}}</p>{{end}}</div>
</div></body></html>
`))
