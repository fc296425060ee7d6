module happensbefore/bench

go 1.23
