#compdef netlab
# SPDX-License-Identifier: GPL-2.0-or-later
# zsh completion of netlab: commands, labs and options as the program itself lists them.
if ((CURRENT == 2)); then
	compadd -- ${(f)"$(LC_ALL=C netlab --help | sed -n 's/^  \([a-z]*\) .*/\1/p')"}
elif [[ $words[CURRENT] == -* ]]; then
	compadd -- ${(f)"$(LC_ALL=C netlab $words[2] --help 2>/dev/null | grep -o -E -- '--[a-z0-9-]+')"}
elif ((CURRENT == 3)) && [[ $words[2] == (show|ask|run|shell|grade|solve) ]]; then
	compadd -- ${(f)"$(netlab list 2>/dev/null | cut -d ' ' -f 1)"}
else
	_files
fi
