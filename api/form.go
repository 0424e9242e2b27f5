package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"strconv"

	"dondoc/internal/fault"
)

const formType = "multipart/form-data"

// formAsJSON turns a plan file sent as a form into the JSON call that means
// the same, so that one type serves both, and a repeat with another boundary
// is still the same request.
func formAsJSON(body []byte, boundary string) ([]byte, error) {
	refuse := func(vi, en string, args ...any) ([]byte, error) {
		return nil, fault.New(fault.Invalid, "form.invalid", vi, en, args...)
	}
	if boundary == "" {
		return refuse("Biểu mẫu thiếu ranh giới (boundary).", "The form has no boundary.")
	}
	file := PreviewFile{PlanFile: PlanFile{Files: map[string]string{}}}
	parts := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return refuse("Không đọc được biểu mẫu.", "The form cannot be read.")
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return refuse("Không đọc được biểu mẫu.", "The form cannot be read.")
		}
		// FileName would drop the folders that a plan file names.
		_, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
		if err != nil {
			return refuse("Một phần của biểu mẫu không có tên.", "A part of the form has no name.")
		}
		switch name := params["name"]; name {
		case "source":
			file.Name, file.Source = params["filename"], string(content)
		case "files":
			file.Files[params["filename"]] = string(content)
		case "from": // these four are refused by every call but a preview
			file.From = string(content)
		case "to":
			file.To = string(content)
		case "agency":
			file.Agency = string(content)
		case "threshold":
			if file.Threshold, err = strconv.Atoi(string(content)); err != nil || file.Threshold < 1 {
				return refuse("threshold phải là một số từ 1.", "threshold is a number from 1.")
			}
		default:
			return refuse("Biểu mẫu không có phần %q; các phần: source, files.", "There is no part %q; the parts are source and files.", name)
		}
	}
	encoded, err := json.Marshal(file)
	if err != nil {
		return nil, fmt.Errorf("form as JSON: %w", err)
	}
	return encoded, nil
}
