package builtin

// Right is what a script must be allowed to do if it comes from elsewhere than from its
// user. What only observes needs none.
type Right string

// RunPrograms is the right to start programs of the script's choice.
const RunPrograms Right = "system"

// Rights are all of them, with what they allow.
var Rights = []struct {
	Right Right
	Does  string // "runs programs"
}{
	{RunPrograms, "runs programs"},
}

// Does is what a right allows.
func (r Right) Does() string {
	for _, x := range Rights {
		if x.Right == r {
			return x.Does
		}
	}
	return ""
}
