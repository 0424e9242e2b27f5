package api

import (
	"context"
	"mime"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func (s *server) attachmentRoutes() {
	add := post("/tasks/{id}/attachments", "add-attachment", "Put a file beside the task's draft, or beside what is going to be recorded",
		may(policy.SeePlans), answers(http.StatusCreated), s.takesFile)
	add.Description = "PDF, PNG, JPEG, HEIC, DOCX, XLSX, ODT, ODS, CSV, P7S or P7M, byte for byte; what the content is counts, not the name alone. " +
		"Scans need declared=true: that they hold no list of persons and no state secret. Name the answer's id when the result is sent."
	handle(s, add, s.addAttachment)
	handle(s, get("/tasks/{id}/attachments", "list-attachments", "The files that one's own side has put beside a task, unsent ones first", may(policy.SeePlans)), s.listAttachments)
	handle(s, get("/attachments/{id}", "get-attachment", "A file, byte for byte; what was not sent only its own side finds", may(policy.SeePlans), slow), s.getAttachment)
	handle(s, del("/attachments/{id}", "delete-attachment", "Delete a file that was never sent", may(policy.SeePlans)), s.deleteAttachment)
	handle(s, post("/submissions/{id}/redactions", "redact", "Take personal data out of a version of a result, everywhere", may(redacts), answers(http.StatusCreated)), s.redact)
}

// redacts: who is plan authority somewhere; whether of the issuer is the service's to decide.
func redacts(a policy.Actor) bool { return a.Has(policy.PlanAuthority) }

// Attachment is a file beside a result.
type Attachment struct {
	ID         int64      `json:"id"`
	Name       string     `json:"name"`
	MediaType  string     `json:"media_type"`
	Size       int64      `json:"size" doc:"Bytes."`
	SHA256     string     `json:"sha256" doc:"Of the bytes, hexadecimal."`
	Scan       bool       `json:"scan" doc:"It counts as the image of a signed document."`
	UploadedAt time.Time  `json:"uploaded_at"`
	UploadedBy string     `json:"uploaded_by"`
	Submitted  bool       `json:"submitted" doc:"Sent or prepared; it cannot be deleted any more."`
	RedactedAt *time.Time `json:"redacted_at,omitempty" doc:"Taken out because of personal data; the bytes are gone."`
}

func attachmentOf(a task.Attachment) Attachment {
	return Attachment{a.ID, a.Name, a.MediaType, a.Size, a.SHA256, a.Scan, a.UploadedAt.UTC(), a.UploadedByName, a.Submitted, utc(a.RedactedAt)}
}

func attachmentsOf(list []task.Attachment) []Attachment {
	var views []Attachment
	for _, a := range list {
		views = append(views, attachmentOf(a))
	}
	return views
}

type addAttachmentInput struct {
	Keyed
	ID
}

func (s *server) addAttachment(ctx context.Context, in *addAttachmentInput) (*Answer[Attachment], error) {
	sent, err := uploadedIn(ctx)
	if err != nil {
		return nil, err
	}
	kept, err := s.Service.AddAttachment(ctx, who(ctx), task.UploadInput{TaskID: in.ID.ID, Name: sent.name, Content: sent.content, Declared: sent.declared})
	if err != nil {
		return nil, err
	}
	return &Answer[Attachment]{attachmentOf(kept)}, nil
}

func (s *server) listAttachments(ctx context.Context, in *ID) (*Answer[List[Attachment]], error) {
	list, err := s.Service.ListAttachments(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &Answer[List[Attachment]]{listOf(list, "", attachmentOf)}, nil
}

func (s *server) getAttachment(ctx context.Context, in *ID) (*file, error) {
	found, content, err := s.Service.OpenAttachment(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	// Names in other letters than ASCII come as RFC 6266 has it (filename*).
	return &file{
		ContentType: found.MediaType, ContentDisposition: mime.FormatMediaType("attachment", map[string]string{"filename": found.Name}), Body: content,
	}, nil
}

func (s *server) deleteAttachment(ctx context.Context, in *ID) (*Empty, error) {
	return &Empty{}, s.Service.RemoveAttachment(ctx, who(ctx), in.ID)
}

type redactInput struct {
	Keyed
	ID
	Body struct {
		Field        string `json:"field,omitempty" doc:"narrative, document_number, signatory_title, evidence, withdraw_reason, figures.<indicator> or explanations.<indicator>; without it the passage is looked for in all of them."`
		Passage      string `json:"passage,omitempty" doc:"What is taken out, letter by letter; left out, the whole field goes."`
		AttachmentID int64  `json:"attachment_id,omitempty" minimum:"1" doc:"The file that is taken out, with its bytes."`
		Reason       string `json:"reason" doc:"Why; must not repeat what is taken out."`
	}
}

// Redaction tells what was taken out of a version, not what it said.
type Redaction struct {
	ID           int64     `json:"id"`
	Field        string    `json:"field,omitempty"`
	AttachmentID int64     `json:"attachment_id,omitempty"`
	Reason       string    `json:"reason"`
	Places       int       `json:"places" doc:"Texts and files from which it was taken."`
	RedactedAt   time.Time `json:"redacted_at"`
	RedactedBy   string    `json:"redacted_by"`
}

func redactionOf(r task.Redaction) Redaction {
	return Redaction{r.ID, r.Field, r.AttachmentID, r.Reason, r.Places, r.RedactedAt.UTC(), r.RedactedByName}
}

func (s *server) redact(ctx context.Context, in *redactInput) (*Answer[Redaction], error) {
	done, err := s.Service.Redact(ctx, who(ctx), task.RedactInput{
		SubmissionID: in.ID.ID, Field: in.Body.Field, Passage: in.Body.Passage, AttachmentID: in.Body.AttachmentID, Reason: in.Body.Reason,
	})
	if err != nil {
		return nil, err
	}
	return &Answer[Redaction]{redactionOf(done)}, nil
}

// takesFile makes a call take one file as a form, as browsers, telephones and
// scripts send it.
func (s *server) takesFile(r *route) {
	s.takesForm(r, map[string]*huma.Schema{
		partDeclared: {Type: huma.TypeString, Enum: []any{"true", "false"}, Description: "true: it holds no list of persons and no state secret."},
	})
}

func (s *server) takesForm(r *route, properties map[string]*huma.Schema) {
	slow(r)
	r.file, r.consumes, r.limit = true, formType, int64(s.FileLimit)+maxFormRest
	properties[partFile] = &huma.Schema{Type: huma.TypeString, Format: "binary", Description: "The file, with its name."}
	r.form = &huma.RequestBody{
		Required: true,
		Content: map[string]*huma.MediaType{formType: {Schema: &huma.Schema{
			Type: huma.TypeObject, Required: []string{partFile}, AdditionalProperties: false, Properties: properties,
		}}},
	}
}
