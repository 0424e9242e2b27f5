package postgres

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/account"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
)

// standIn tells the transaction for whom the actor stands in, so that every row
// of the trail names both: the column's default reads it. It ends with the transaction.
func standIn(ctx context.Context, tx *sqlx.Tx, actor policy.Actor) error {
	if actor.ForID == 0 {
		return nil
	}
	if _, err := tx.ExecContext(ctx, `SELECT set_config('dondoc.stood_in_for', $1::bigint::text, true)`, actor.ForID); err != nil {
		return fmt.Errorf("stand in: %w", err)
	}
	return nil
}

// ChoosePost lets one session act in one of the actor's posts, or with 0 in all
// of them again. It holds for the session alone and until another is chosen; a
// post that ends leaves the session in all that are left.
func (s *Store) ChoosePost(ctx context.Context, actor policy.Actor, token string, postID int64) (policy.Actor, error) {
	if postID != 0 && !slices.ContainsFunc(actor.AllPosts(), func(p policy.Post) bool { return p.ID == postID }) {
		return policy.Actor{}, fault.New(fault.Invalid, "post.not_held",
			"Tài khoản này không giữ vị trí đó, hoặc vị trí đã hết thời hạn. Chọn một trong các vị trí ở /me.",
			"This account does not hold that post, or it has ended. Choose one of those that /me lists.").At("post_id")
	}
	// The choice is no right and leaves nothing in the trail: every act that
	// follows names the agency and whom one stood in for.
	if _, err := act(ctx, s, actor, func(tx *sqlx.Tx, _ time.Time) (struct{}, error) {
		if _, err := tx.ExecContext(ctx, `
			UPDATE sessions SET acting_membership_id = NULLIF($3::bigint, 0) WHERE token_hash = $1 AND user_id = $2 AND revoked_at IS NULL`,
			account.HashToken(token), actor.UserID, postID); err != nil {
			return struct{}{}, fmt.Errorf("choose post: %w", err)
		}
		return struct{}{}, nil
	}); err != nil {
		return policy.Actor{}, err
	}
	return s.ActorOf(ctx, token)
}
