package postgres

import (
	"context"

	"dondoc/internal/privacy"
)

// clean brings what a person sends into the form that is stored, and asks for
// confirmation of what looks personal in it. Everything that people write comes
// through here.
func clean[T interface{ Texts() []privacy.Text }](ctx context.Context, tidy func() (T, error)) (T, error) {
	in, err := tidy()
	if err == nil {
		err = privacy.Unconfirmed(ctx, in.Texts()...)
	}
	return in, err
}
