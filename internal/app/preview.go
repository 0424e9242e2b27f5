package app

import (
	"encoding/json"
	"io"

	"dondoc/api"
	"dondoc/internal/preview"
)

// WritePreview writes a preview as the API answers it, so that programs read one
// form wherever it comes from.
func WritePreview(w io.Writer, p preview.Preview, language string) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(api.PreviewOf(p, language))
}
