package api

import (
	"bytes"
	"context"

	"dondoc/internal/dossier"
)

func (s *server) taskDossier(ctx context.Context, in *ID) (*file, error) {
	d, err := s.Service.TaskDossier(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return archived(d.Name(), d.Prepare)
}

func (s *server) planDossier(ctx context.Context, in *ID) (*file, error) {
	d, err := s.Service.PlanDossier(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return archived(d.Name(), d.Prepare)
}

// archived answers with an archive that is whole or is an error: its size is
// limited, and what cannot be finished must not look like a file.
func archived(name string, prepare func() (*dossier.Archive, error)) (*file, error) {
	archive, err := prepare()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if _, err := archive.WriteTo(&b); err != nil {
		return nil, err
	}
	return &file{ContentType: "application/zip", ContentDisposition: `attachment; filename="` + name + `"`, Body: b.Bytes()}, nil
}
