// Set up for the suites that run a second time: the processes under test have their log on a broker.
process.env.ASSAY_TEST_LOG = 'kafka';
