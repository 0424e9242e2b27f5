package mailbox

import (
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"strconv"
)

//go:embed page.html mail.html style.css
var files embed.FS

var pages = template.Must(template.ParseFS(files, "page.html", "mail.html"))

const perPage = 100

// Handler shows the mails: a list, each mail with both of its forms, the file
// itself. All its links are relative, so it can be mounted under any path that
// ends with a slash. Nothing in a mail can run or load anything.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.showList)
	mux.HandleFunc("GET /style.css", showStyle)
	mux.HandleFunc("GET /mail/{key}", s.showMail)
	mux.HandleFunc("GET /mail/{key}/html", s.showHTML)
	mux.HandleFunc("GET /mail/{key}/eml", s.showRaw)
	return mux
}

const pagePolicy = "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// mailPolicy lets a mail's inline styles act and nothing else; its links open nowhere but in a new tab.
const mailPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"

func head(w http.ResponseWriter, contentType, policy string) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
}

type listView struct {
	Messages         []Message
	Total            int
	Older, Newer     int
	HasOlder, HasNew bool
}

func (s *Server) showList(w http.ResponseWriter, r *http.Request) {
	all := s.store.list()
	from, err := strconv.Atoi(r.URL.Query().Get("from"))
	if err != nil || from < 0 || from > len(all) {
		from = 0
	}
	to := min(from+perPage, len(all))
	render(w, "page.html", listView{
		Messages: all[from:to], Total: len(all),
		Older: to, HasOlder: to < len(all), Newer: max(from-perPage, 0), HasNew: from > 0,
	})
}

func (s *Server) showMail(w http.ResponseWriter, r *http.Request) {
	if m, ok := s.find(w, r); ok {
		render(w, "mail.html", m)
	}
}

func (s *Server) showHTML(w http.ResponseWriter, r *http.Request) {
	if m, ok := s.find(w, r); ok {
		head(w, "text/html; charset=utf-8", mailPolicy)
		write(w, []byte(m.HTML))
	}
}

func (s *Server) showRaw(w http.ResponseWriter, r *http.Request) {
	if m, ok := s.find(w, r); ok {
		head(w, "message/rfc822", pagePolicy)
		w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", m.Key+".eml"))
		write(w, m.Raw)
	}
}

func showStyle(w http.ResponseWriter, _ *http.Request) {
	content, err := files.ReadFile("style.css")
	if err != nil {
		http.Error(w, "500", http.StatusInternalServerError)
		return
	}
	head(w, "text/css; charset=utf-8", pagePolicy)
	write(w, content)
}

func (s *Server) find(w http.ResponseWriter, r *http.Request) (Mail, bool) {
	m, err := s.store.open(r.PathValue("key"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		http.Error(w, "Không có thư này.", http.StatusNotFound)
		return Mail{}, false
	case err != nil:
		slog.ErrorContext(r.Context(), "read kept mail", "error", err)
		http.Error(w, "Không đọc được thư này.", http.StatusInternalServerError)
		return Mail{}, false
	}
	return m, true
}

func render(w http.ResponseWriter, name string, data any) {
	head(w, "text/html; charset=utf-8", pagePolicy)
	if err := pages.ExecuteTemplate(w, name, data); err != nil {
		slog.Error("write mailbox page", "error", err)
	}
}

func write(w http.ResponseWriter, content []byte) {
	if _, err := w.Write(content); err != nil {
		slog.Debug("reader went away", "error", err)
	}
}
