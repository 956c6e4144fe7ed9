#include "kingpost/app/command_line.hpp"

int main(int argc, char** argv) { return kingpost::app::run_command_line(argc, argv); }
