# SPDX-License-Identifier: GPL-2.0-or-later
# fish completion of netlab: commands, labs and options as the program itself lists them.
function __netlab_options
    set -l words (commandline -opc)
    LC_ALL=C netlab $words[2] --help 2>/dev/null | string match -r -a -- '--[a-z0-9-]+'
end
complete -c netlab -n __fish_use_subcommand -f -a "(LC_ALL=C netlab --help | string replace -rf '^  ([a-z]+) +(.*)' '\$1\t\$2')"
complete -c netlab -n '__fish_seen_subcommand_from show ask run shell grade solve; and test (count (commandline -opc)) = 2' -f -a "(netlab list | string replace -r ' +' '\t')"
complete -c netlab -n 'not __fish_use_subcommand; and string match -q -- "-*" (commandline -ct)' -f -a '(__netlab_options)'
