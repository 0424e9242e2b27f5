package api

import (
	"bytes"
	"context"
)

// dossier answers with an archive that is whole or is an error: its size is
// limited, and what cannot be finished must not look like a file.
func (s *server) dossier(ctx context.Context, in *ID) (*file, error) {
	d, err := s.Service.TaskDossier(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	archive, err := d.Prepare()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if _, err := archive.WriteTo(&b); err != nil {
		return nil, err
	}
	return &file{ContentType: "application/zip", ContentDisposition: `attachment; filename="` + d.Name() + `"`, Body: b.Bytes()}, nil
}
