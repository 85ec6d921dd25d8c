#include "app.hpp"

int main(int argc, char** argv) { return orrery::run(argc, argv); }
