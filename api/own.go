package api

import (
	"context"

	"dondoc/internal/account"
)

func (s *server) ownRoutes() {
	handle(s, get("/me", "me", "Who is signed in, with all posts", enrolling), s.me)
	handle(s, put("/me/acting-post", "choose-acting-post", "Act in one post alone in this session, or in all of them again"), s.choosePost)
	handle(s, get("/me/preferences", "get-preferences", "Language, quiet time and mail of the reader"), s.getPreferences)
	handle(s, put("/me/preferences", "set-preferences", "Change language, quiet time and mail"), s.setPreferences)
}

func (s *server) me(ctx context.Context, _ *None) (*Answer[Me], error) {
	return &Answer[Me]{meOf(who(ctx))}, nil
}

type choosePostInput struct {
	Token string `cookie:"dondoc_session" hidden:"true"`
	Body  struct {
		PostID int64 `json:"post_id" minimum:"0" doc:"One of those that /me lists; 0: all of them count again."`
	}
}

func (s *server) choosePost(ctx context.Context, in *choosePostInput) (*Answer[Me], error) {
	actor, err := s.Service.ChoosePost(ctx, who(ctx), in.Token, in.Body.PostID)
	if err != nil {
		return nil, err
	}
	return &Answer[Me]{meOf(actor)}, nil
}

// Preferences are what a person wants.
type Preferences struct {
	Language  string   `json:"language" enum:"vi,en"`
	QuietFrom string   `json:"quiet_from,omitempty" doc:"Time of day in Viet Nam, such as 22:00, from which what would go at once waits; flash reports and mail about the account do not wait."`
	QuietTo   string   `json:"quiet_to,omitempty" doc:"Its end; before quiet_from: on the next day. The morning's message stays at 08:00."`
	Muted     []string `json:"muted" enum:"opening,reminder,review,receipt,request,calendar,digest" doc:"What does not go by mail and stays in the list of notices."`
	Version   int      `json:"version" minimum:"0" doc:"As it was read."`
}

func preferencesOf(p account.Preferences) Preferences {
	return Preferences{p.Language, p.QuietFrom, p.QuietTo, append([]string{}, p.Muted...), p.Version}
}

func (s *server) getPreferences(ctx context.Context, _ *None) (*Answer[Preferences], error) {
	found, err := s.Service.Preferences(ctx, who(ctx))
	if err != nil {
		return nil, err
	}
	return &Answer[Preferences]{preferencesOf(found)}, nil
}

type preferencesInput struct{ Body Preferences }

func (s *server) setPreferences(ctx context.Context, in *preferencesInput) (*Answer[Preferences], error) {
	kept, err := s.Service.SetPreferences(ctx, who(ctx), account.Preferences{
		Language: in.Body.Language, QuietFrom: in.Body.QuietFrom, QuietTo: in.Body.QuietTo, Muted: in.Body.Muted, Version: in.Body.Version,
	})
	if err != nil {
		return nil, err
	}
	return &Answer[Preferences]{preferencesOf(kept)}, nil
}
