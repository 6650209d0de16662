# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2207
# bash completion of netlab: commands, labs and options as the program itself lists them.
_netlab() {
	local cur=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} words
	if [ "$COMP_CWORD" = 1 ]; then
		words=$(LC_ALL=C netlab --help | sed -n 's/^  \([a-z]*\) .*/\1/p')
	elif [[ $cur == -* ]]; then
		words=$(LC_ALL=C netlab "$command" --help | grep -o -E -- ' --[a-z0-9-]+')
	elif [ "$COMP_CWORD" = 2 ] && [[ $command =~ ^(show|ask|run|shell|grade|solve)$ ]]; then
		words=$(netlab list | cut -d ' ' -f 1)
	else
		COMPREPLY=($(compgen -f -- "$cur"))
		return
	fi 2>/dev/null
	COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o filenames -F _netlab netlab
