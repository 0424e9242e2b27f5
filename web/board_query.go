package web

import (
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"dondoc/internal/task"
)

// boardAddress is the board without any choice.
const boardAddress = "/theo-doi"

// boardQuery is the board's address: everything that narrows it stands there.
type boardQuery struct {
	Plan, Duty, Agency int64
	Status, Cursor     string
	Level              string   // of the agencies that owe
	Way                task.Way // how results come to the reader's agencies
	Year               int
	Rows               string // where the matrix goes on
	Open               int64  // the task beside the matrix
}

// boardWays are the ways as they stand in the address.
var boardWays = map[string]task.Way{"truc-tiep": task.WayDirect, "qua-cap-giua": task.WayBetween}

// wayAddress is the way as it stands in the address; empty: any.
func wayAddress(way task.Way) string {
	for address, one := range boardWays {
		if one == way {
			return address
		}
	}
	return ""
}

// longestLevel is the longest name of a level.
const longestLevel = 60

func boardQueryOf(c *gin.Context) boardQuery {
	number := func(name string) int64 {
		n, err := strconv.ParseInt(c.Query(name), 10, 64)
		if err != nil || n < 0 {
			return 0
		}
		return n
	}
	level := c.Query("cap")
	if len(level) > longestLevel {
		level = "" // no agency has it
	}
	return boardQuery{
		Level: level, Way: boardWays[c.Query("duong")],
		Plan: number("van-ban"), Duty: number("nhiem-vu"), Agency: number("don-vi"),
		Status: c.Query("trang-thai"), Cursor: c.Query("tiep"),
		Year: int(number("nam")), Rows: c.Query("dong"), Open: number("o"),
	}
}

func (q boardQuery) address() string {
	v := url.Values{}
	for name, n := range map[string]int64{"van-ban": q.Plan, "nhiem-vu": q.Duty, "don-vi": q.Agency, "nam": int64(q.Year), "o": q.Open} {
		if n != 0 {
			v.Set(name, strconv.FormatInt(n, 10))
		}
	}
	for name, s := range map[string]string{"trang-thai": q.Status, "tiep": q.Cursor, "dong": q.Rows, "cap": q.Level, "duong": wayAddress(q.Way)} {
		if s != "" {
			v.Set(name, s)
		}
	}
	if len(v) == 0 {
		return boardAddress
	}
	return boardAddress + "?" + v.Encode()
}

func (q boardQuery) with(status, cursor string) string {
	q.Status, q.Cursor, q.Open = status, cursor, 0
	return q.address()
}

// open is the board with a task beside the matrix; 0: with none.
func (q boardQuery) open(id int64) string {
	q.Open = id
	if id == 0 {
		return q.address()
	}
	return q.address() + "#viec-chon"
}

// rows is the board from another place of the matrix on.
func (q boardQuery) rows(cursor string) string {
	q.Rows, q.Open = cursor, 0
	return q.address() + "#bang"
}

// under is the board of an agency and those below it, of any level.
func (q boardQuery) under(agencyID int64) string {
	q.Agency, q.Rows, q.Open, q.Cursor, q.Level, q.Way = agencyID, "", 0, "", "", ""
	return q.address()
}
